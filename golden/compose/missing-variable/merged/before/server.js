const http = require('http');
const secret = process.env.JWT_SECRET;
if (!secret) throw new Error('JWT_SECRET is missing');
const mail = process.env.MAIL_HOST;
const url = new URL(process.env.DATABASE_URL);
const ttl = Number(process.env.CACHE_TTL || 60);
http.createServer((req, res) => res.end(String(ttl))).listen(process.env.PORT || 3000);
module.exports = { secret, url, mail };
