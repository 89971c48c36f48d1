const http = require('http');

http
  .createServer((req, res) => {
    if (req.method === 'GET' && req.url === '/healthz') {
      res.end('ok');
      return;
    }
    res.end(new Date().toISOString());
  })
  .listen(8080);
