FROM node:20
WORKDIR /app/
COPY . .
RUN npm ci --no-audit
CMD ["node", "server.js"]