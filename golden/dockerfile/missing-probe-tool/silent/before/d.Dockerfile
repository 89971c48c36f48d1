FROM node:20-alpine
COPY server.js .
HEALTHCHECK CMD wget -qO- http://127.0.0.1:3000/
CMD ["node", "server.js"]
