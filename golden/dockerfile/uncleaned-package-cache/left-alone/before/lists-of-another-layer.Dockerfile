FROM node:20
RUN apt-get update
RUN apt-get update && apt-get install -y --no-install-recommends curl
RUN apt-get install -y git
CMD ["node", "server.js"]
