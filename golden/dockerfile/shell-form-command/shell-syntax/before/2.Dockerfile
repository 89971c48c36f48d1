FROM node:20
CMD npm run migrate && npm start
