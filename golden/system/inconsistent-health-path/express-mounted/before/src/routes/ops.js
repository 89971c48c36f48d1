import { Router } from 'express'

export const ops = Router()

ops.get('/healthz', (_req, res) => res.send('ok'))
ops.get('/version', (_req, res) => res.send('1'))
