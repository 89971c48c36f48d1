FROM gcr.io/distroless/nodejs20-debian12
COPY . /app
CMD node /app/server.js "--name=a b"
