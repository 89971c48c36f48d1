FROM node:20-slim
HEALTHCHECK NONE
COPY server.js .
CMD ["node", "server.js"]
