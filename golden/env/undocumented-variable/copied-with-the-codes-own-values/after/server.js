const { LOG_LEVEL = 'info', LOG_JSON = 'true', LOG_COLOR = 'never', POOL_MAX = '10', POOL_MIN = '1', POOL_IDLE_MS = '30000' } = process.env;
require('ledger-start')(LOG_LEVEL, LOG_JSON, LOG_COLOR, POOL_MAX, POOL_MIN, POOL_IDLE_MS);
