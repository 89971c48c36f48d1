FROM node:20 AS build
RUN npm run build
FROM node:20
COPY --from=build /app /app
CMD ["node", "server.js"]
