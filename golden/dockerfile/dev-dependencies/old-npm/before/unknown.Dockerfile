FROM registry.example.com/base:20
RUN npm ci --production
CMD ["node", "server.js"]
