FROM node:20 AS build
CMD ["node", "server.js"]

FROM gcr.io/distroless/nodejs20-debian12:nonroot
COPY --from=build /app /app
# the entrypoint is node
CMD [ "/app/server.js" ]
