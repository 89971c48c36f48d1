FROM node:20
COPY package*.json ./
RUN npm ci
COPY tools/package*.json tools/
RUN npm ci --prefix tools --prefer-offline && npm cache clean --force
CMD ["node", "server.js"]
