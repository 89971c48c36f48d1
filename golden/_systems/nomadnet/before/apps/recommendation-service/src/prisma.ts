import { PrismaClient } from '@prisma/client'

// queries are logged with DEBUG=prisma:query
export const prisma = new PrismaClient({ errorFormat: 'minimal' })
