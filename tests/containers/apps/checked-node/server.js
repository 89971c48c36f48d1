const http = require('http');

http
  .createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/health') {
      response.end('ok');
      return;
    }
    response.statusCode = 404;
    response.end();
  })
  .listen(Number(process.env.PORT || 3000));
