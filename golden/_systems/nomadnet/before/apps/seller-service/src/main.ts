import express from 'express';
import { publish } from './kafka';
import { prisma } from './prisma';

const app = express();
const PORT = process.env.PORT || 6004;

app.use(express.json());

app.get('/', (req, res) => {
    res.send({ message: 'seller-service is up' });
});

app.get('/sellers/:id', async (req, res) => {
    const seller = await prisma.seller.findUnique({
        where: { id: req.params.id },
        include: { products: true },
    });
    if (!seller) {
        return res.status(404).send({ message: 'No such seller' });
    }
    return res.send(seller);
});

app.post('/sellers', async (req, res) => {
    const seller = await prisma.seller.create({ data: req.body });
    await publish('sellers-events', { type: 'created', sellerId: seller.id });
    res.status(201).send(seller);
});

const server = app.listen(PORT, () => {
    console.log('seller-service', process.env.NODE_ENV, PORT);
});

process.on('SIGTERM', () => server.close(() => process.exit(0)));
process.on('SIGINT', () => server.close(() => process.exit(0)));
