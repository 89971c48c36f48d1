import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { app } from '../server.js';

test('probes of scanners find nothing', async () => {
  for (const path of ['/wp-login.php', '/actuator/health', '/health']) {
    assert.equal((await request(app).get(path)).status, 404);
  }
});
