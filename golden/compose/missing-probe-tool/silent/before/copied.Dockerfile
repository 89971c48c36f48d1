FROM node:20-slim
COPY tools/ /usr/local/bin/
CMD ["node", "server.js"]
