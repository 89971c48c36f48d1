export NODE_ENV=production
node server.js
