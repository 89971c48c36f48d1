FROM node:22-alpine
WORKDIR /app
COPY ["package.json", ".npmrc", "./"]
RUN npm install -g pnpm@10.7.0 && pnpm install
COPY . .
CMD ["node", "index.js"]
