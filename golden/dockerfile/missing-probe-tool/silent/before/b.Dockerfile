FROM node:20-alpine
RUN apk add --no-cache curl
COPY server.js .
HEALTHCHECK CMD curl -f http://127.0.0.1:3000/
CMD ["node", "server.js"]
