FROM node:20-alpine
COPY . .
RUN npm ci && npm run build
CMD ["node", "dist/main.js"]
