FROM alpine:3.20 AS files
COPY . /files

FROM node:20
COPY --from=files /files/package.json /files/package-lock.json /app/
RUN cd /app && npm ci
CMD ["node", "/app/server.js"]
