FROM gcr.io/distroless/nodejs20-debian12
ENTRYPOINT []
CMD ["/nodejs/bin/node", "server.js"]
