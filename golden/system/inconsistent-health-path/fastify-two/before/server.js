import Fastify from 'fastify'

const app = Fastify({ logger: true })

app.get('/healthz', { logLevel: 'silent' }, async () => {
  return { status: 'ok' }
})

await app.listen({ port: Number(process.env.PORT) || 4000, host: '0.0.0.0' })
