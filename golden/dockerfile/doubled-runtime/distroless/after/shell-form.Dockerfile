FROM gcr.io/distroless/nodejs20-debian12
COPY . /app
CMD ["/app/server.js", "--name=a b"]
