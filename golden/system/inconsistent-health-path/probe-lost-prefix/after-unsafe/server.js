import express from 'express';
const app = express();
const api = express.Router();
api.get('/health', (req, res) => res.json({ status: 'ok' }));
app.use('/api', api);
app.listen(3000);
