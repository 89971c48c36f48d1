'use strict'

const express = require('express')
const { Pool } = require('pg')
const { createClient } = require('redis')

const port = process.env.PORT || 3002
const pool = new Pool({
  host: process.env.DB_HOST || 'postgres',
  database: process.env.DB_NAME || 'payflow',
  user: process.env.DB_USER || 'payflow',
  password: process.env.DB_PASSWORD,
})

// a lost event only means a late notification
const redis = createClient({ url: process.env.REDIS_URL || 'redis://redis:6379' })
redis.on('error', (err) => console.warn('redis:', err.message))
redis.connect().catch(() => {})

const app = express()
app.use(express.json())

app.get('/health', (req, res) => res.json({ status: 'healthy', service: 'transaction-service' }))

app.post('/transactions', async (req, res) => {
  const { from, to, amount } = req.body
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const debit = await client.query(
      'UPDATE wallets SET balance = balance - $2 WHERE id = $1 AND balance >= $2',
      [from, amount]
    )
    if (debit.rowCount !== 1) throw new Error('insufficient funds')
    await client.query('UPDATE wallets SET balance = balance + $2 WHERE id = $1', [to, amount])
    await client.query('COMMIT')
    if (redis.isReady) await redis.publish('transfers', JSON.stringify({ from, to, amount }))
    res.status(201).json({ status: 'done' })
  } catch (err) {
    await client.query('ROLLBACK')
    res.status(409).json({ error: err.message })
  } finally {
    client.release()
  }
})

app.listen(port, '0.0.0.0', () => console.log('transaction-service on', port))
