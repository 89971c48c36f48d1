const http = require('http');
const secret = process.env.JWT_SECRET;
const url = new URL(process.env.DATABASE_URL);
const ttl = Number(process.env.CACHE_TTL || 60);
http.createServer((req, res) => res.end(String(ttl))).listen(process.env.PORT || 3000);
module.exports = { secret, url };
