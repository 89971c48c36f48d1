FROM node:20
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node", "server.js"]
