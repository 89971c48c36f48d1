import express from 'express';
import { health } from './health.js';

const app = express();
app.use(['/health', '/healthz'], health);
app.listen(3000);
