from node:20-alpine3.20 as web
