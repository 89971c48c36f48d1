require('ledger-start')(process.env.DB_NAME || 'auth', process.env.DB_USER || 'ledger', process.env.LOG_LEVEL || 'info', process.env.LOG_JSON || 'true');
