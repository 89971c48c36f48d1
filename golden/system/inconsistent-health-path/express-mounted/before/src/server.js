import express from 'express'
import { ops } from './routes/ops.js'

const app = express()
app.use('/api', ops)
app.listen(3000, '0.0.0.0')
