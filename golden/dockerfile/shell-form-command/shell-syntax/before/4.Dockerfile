FROM node:20
CMD node server.js > /var/log/server.log
