require('dotenv').config();
const url = new URL(process.env.DATABASE_URL);
require('http').createServer((req, res) => res.end(url.host)).listen(3000);
