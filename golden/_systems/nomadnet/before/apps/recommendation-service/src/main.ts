import express from 'express'
import Redis from 'ioredis'
import { prisma } from './prisma'
import { rank } from './rank'

const host = process.env.HOST || '0.0.0.0'
const port = Number(process.env.PORT || 6007)
const ttl = Number(process.env.RECOMMENDATION_CACHE_TTL || 900)
const redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : null

const app = express()

app.get('/', (_req, res) => {
  res.json({ message: 'recommendation-service' })
})

app.get('/recommendations/:userId', async (req, res) => {
  const key = `reco:${req.params.userId}`
  const cached = await redis?.get(key)
  if (cached) {
    res.type('json').send(cached)
    return
  }
  const actions = await prisma.userAction.findMany({
    where: { userId: req.params.userId },
    orderBy: { createdAt: 'desc' },
    take: 200,
  })
  const ids = rank(actions)
  await redis?.set(key, JSON.stringify(ids), 'EX', ttl)
  res.json(ids)
})

const server = app.listen(port, host, () => {
  console.log(`recommendation-service ${process.env.NODE_ENV ?? 'development'} ${host}:${port}`)
})

const stop = () => server.close(() => process.exit(0))
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
