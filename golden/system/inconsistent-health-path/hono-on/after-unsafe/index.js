import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()

app.get('/health', (c) => c.json({ status: 'ok' }))
app.get('/things', (c) => c.json([]))

serve({ fetch: app.fetch, port: Number(process.env.PORT || 3000) })
