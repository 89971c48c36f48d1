FROM node:20-alpine
ARG RUN_AS=node
USER ${RUN_AS}
CMD ["node", "index.js"]
