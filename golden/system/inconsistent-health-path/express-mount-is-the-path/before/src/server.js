import express from 'express';
import { health } from './health.js';

const app = express();
app.use('/healthz', health);
app.listen(3000);
