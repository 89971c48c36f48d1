FROM node:20 AS dev
CMD npm run dev
FROM node:20
CMD npm run dev
HEALTHCHECK CMD curl -f http://127.0.0.1
CMD ["sh", "-c", "node server.js"]
