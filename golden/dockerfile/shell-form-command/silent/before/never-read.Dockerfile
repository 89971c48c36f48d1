FROM node:20
ENTRYPOINT exec node server.js
CMD port 3000
