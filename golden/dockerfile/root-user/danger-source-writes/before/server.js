const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  fs.appendFileSync('/srv/albums/visits.log', `${req.url}\n`);
  res.end('ok');
}).listen(3000);
