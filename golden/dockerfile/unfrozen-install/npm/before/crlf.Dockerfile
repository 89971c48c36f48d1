FROM node:20
WORKDIR /app/
COPY . .
RUN npm i --no-audit
CMD ["node", "server.js"]