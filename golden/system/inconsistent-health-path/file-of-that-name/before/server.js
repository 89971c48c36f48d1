import express from 'express';
import { healthcheck } from './routes/healthcheck';
const app = express();
app.get('/health', healthcheck);
app.listen(3000);
