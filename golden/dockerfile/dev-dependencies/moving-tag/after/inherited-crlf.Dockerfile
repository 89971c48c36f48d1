FROM node:20-alpine AS base
WORKDIR /srv
COPY package.json .
RUN ["npm", "install", "--omit=dev", "--no-audit"]

FROM base
COPY server.js .
CMD ["node", "server.js"]