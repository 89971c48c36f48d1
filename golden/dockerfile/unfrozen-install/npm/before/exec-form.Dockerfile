FROM node:20
COPY ["package.json", "package-lock.json", "/srv/app/"]
RUN ["npm", "install", "--prefix", "/srv/app"]
CMD ["node", "/srv/app/server.js"]
