FROM node:20
CMD PORT=3000 node server.js
