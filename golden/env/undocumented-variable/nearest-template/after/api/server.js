const n = Number(process.env.API_TIMEOUT_MS || 5);
const level = process.env.LOG_LEVEL || 'info';
