FROM gcr.io/distroless/nodejs20-debian12
CMD ["server.js"]
