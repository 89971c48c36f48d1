import express from 'express';
import { publish } from './kafka';
import { prisma } from './prisma';

const app = express();
const port = process.env.PORT || 6002;

app.use(express.json({ limit: '50mb' }));

app.get('/', (_req, res) => {
  res.send({ message: 'Hello from product-service' });
});

app.get('/products', async (req, res) => {
  const take = Math.min(Number(req.query.limit) || 20, 100);
  res.send(await prisma.product.findMany({ take }));
});

app.get('/products/:slug', async (req, res) => {
  const product = await prisma.product.findUnique({ where: { slug: req.params.slug } });
  if (!product) return res.status(404).send({ message: 'Not found' });
  return res.send(product);
});

app.post('/products', async (req, res) => {
  const product = await prisma.product.create({ data: req.body });
  await publish('products-events', { type: 'created', productId: product.id });
  res.status(201).send(product);
});

// signature material for browser uploads, empty when ImageKit is not set up
app.get('/upload-config', (_req, res) => {
  res.send({
    publicKey: process.env.IMAGEKIT_PUBLIC_KEY ?? '',
    urlEndpoint: process.env.IMAGEKIT_URL_ENDPOINT ?? '',
    enabled: Boolean(process.env.IMAGEKIT_PRIVATE_KEY),
  });
});

const server = app.listen(port, () => {
  console.log(`[product-service] env=${process.env.NODE_ENV} port=${port}`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => prisma.$disconnect().then(() => process.exit(0)));
  });
}
