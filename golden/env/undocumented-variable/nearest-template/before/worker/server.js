const n = Number(process.env.WORKER_BATCH || 5);
const level = process.env.LOG_LEVEL || 'info';
