const http = require('http');

const sender = process.env.LETTERS_FROM ?? process.env.MAIL_FROM ?? 'Letters <letters@example.com>';
const language = process.env.LETTERS_LANGUAGE || 'en';
const paper = process.env.LETTERS_PAPER || 'a4';
const base = process.env.LETTERS_URL || process.env.MAIL_URL || 'http://localhost:3000';
http.createServer((req, res) => res.end(`${sender} ${base} ${language} ${paper}`)).listen(process.env.PORT || 3000);
