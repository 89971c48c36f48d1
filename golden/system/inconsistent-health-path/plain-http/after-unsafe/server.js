const http = require('http');

http
  .createServer((req, res) => {
    if (req.method === 'GET' && req.url === '/health') {
      res.end('ok');
      return;
    }
    res.end(new Date().toISOString());
  })
  .listen(8080);
