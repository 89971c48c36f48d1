FROM node:20
SHELL ["/bin/bash", "-c"]
CMD node server.js
