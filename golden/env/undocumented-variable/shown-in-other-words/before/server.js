const start = require('ledger-start');
const { DATABASE_URL, DATABASE_HOST, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD } = process.env;
const cache = process.env.CACHE_URL || 'redis://localhost:6379';
if (process.env.STORAGE === 'ftp') {
  start.ftp(process.env.FTP_HOST, process.env.FTP_PASSWORD || 'anonymous');
}
start(DATABASE_URL, DATABASE_HOST, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD, cache, process.env.CACHE_HOST, process.env.npm_package_version, process.env.APP_VERSION);
