import express from 'express';

export const app = express();
app.get('/_health', (req, res) => res.send('OK'));
app.listen(3000);
