const http = require('http');

http
  .createServer((req, res) => {
    if (req.method === 'GET' && (req.url === '/health' || req.url === '/healthz')) {
      res.end('ok');
      return;
    }
    res.statusCode = 404;
    res.end();
  })
  .listen(process.env.PORT || 8080);
