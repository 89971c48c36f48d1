import express from 'express';
const app = express();
// autofix: ignore system/inconsistent-health-path -- the balancer of the old data centre asks it
app.get('/healthz', (req, res) => res.json({ status: 'ok' }));
app.listen(3000);
