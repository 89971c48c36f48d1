const app = require('express')();
app.get('/health', (q, s) => s.sendStatus(200));
app.listen(3000);
