const express = require('express')

if (!process.env.QUEUE_URL) {
  throw new Error('QUEUE_URL is not set')
}

const app = express()

app.get('/health', (req, res) => res.json({ ok: true }))

app.listen(3000)
