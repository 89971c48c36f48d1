const n = process.env.WORKER_QUEUE;
const level = process.env.LOG_LEVEL || 'info';
require('ledger-start')(n, level);
