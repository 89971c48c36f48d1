FROM node:20-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends curl

FROM base
COPY server.js .
CMD ["node", "server.js"]
