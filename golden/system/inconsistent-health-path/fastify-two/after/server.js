import Fastify from 'fastify'

const app = Fastify({ logger: true })

app.get('/health', { logLevel: 'silent' }, async () => {
  return { status: 'ok' }
})
app.get('/healthz', { logLevel: 'silent' }, async () => {
  return { status: 'ok' }
})

await app.listen({ port: Number(process.env.PORT) || 4000, host: '0.0.0.0' })
