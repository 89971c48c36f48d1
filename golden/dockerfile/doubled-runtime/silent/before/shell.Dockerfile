FROM gcr.io/distroless/nodejs20-debian12:debug
ENTRYPOINT ["/busybox/sh", "-c"]
CMD ["node server.js"]
