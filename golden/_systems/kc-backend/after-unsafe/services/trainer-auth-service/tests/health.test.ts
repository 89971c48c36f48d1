import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { app } from '../src/app';

test('answers the probe without a database', async () => {
  const response = await request(app).get('/health');
  assert.equal(response.status, 200);
  assert.equal(response.body.status, 'ok');
});

test('does not reveal which half of the login was wrong', async () => {
  const response = await request(app).post('/auth/trainer/login').send({});
  assert.notEqual(response.status, 404);
});
