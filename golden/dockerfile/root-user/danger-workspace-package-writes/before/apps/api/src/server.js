const http = require('http');
const { put } = require('@books/shelf');

http.createServer((req, res) => {
  put('visits', req.url);
  res.end('ok');
}).listen(3000);
