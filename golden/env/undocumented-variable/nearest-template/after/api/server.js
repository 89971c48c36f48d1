const n = process.env.API_TIMEOUT;
const level = process.env.LOG_LEVEL || 'info';
require('ledger-start')(n, level, process.env.API_TOKEN);
