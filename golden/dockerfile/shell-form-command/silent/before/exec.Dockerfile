FROM node:20
CMD exec node $OPTIONS server.js
