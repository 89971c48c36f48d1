const http = require('http');
const { keep } = require('./reports');

http.createServer((req, res) => {
  keep(req.headers['x-folder'], 'last.txt', req.url);
  res.end('ok');
}).listen(3000);
