const http = require('node:http')
const { Prisma, PrismaClient } = require('@prisma/client')

new PrismaClient({ datasourceUrl: 'postgresql://nobody@127.0.0.1:1/none' })
const server = http.createServer((request, response) => response.end(Object.keys(Prisma.ModelName).join()))
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
