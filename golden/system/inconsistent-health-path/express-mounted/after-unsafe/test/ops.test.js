import assert from 'node:assert/strict'
import { test } from 'node:test'
import request from 'supertest'
import { app } from '../src/server.js'

test('is alive', async () => {
  const answer = await request(app).get('/api/health')
  assert.equal(answer.status, 200)
})
