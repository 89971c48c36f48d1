const http = require('http');
// the sidecar is the only client
http.createServer((req, res) => res.end('ok')).listen(3000, 'localhost');
