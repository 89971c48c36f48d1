FROM node:20
CMD echo started
