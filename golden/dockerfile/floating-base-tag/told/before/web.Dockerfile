from node:alpine3.20 as web
