import { createHmac, timingSafeEqual } from 'crypto';
import { Router } from 'express';
import { HttpError } from '@kodingcaravan/shared';
import { pool } from '../config/database';

const keyId = process.env.RAZORPAY_KEY_ID as string;
const keySecret = process.env.RAZORPAY_KEY_SECRET as string;
const apiUrl = process.env.RAZORPAY_API_URL || 'https://api.razorpay.com/v1';

export const paymentRouter = Router();

paymentRouter.post('/order', async (req, res, next) => {
  try {
    const response = await fetch(`${apiUrl}/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`,
      },
      body: JSON.stringify({ amount: req.body.amount, currency: 'INR', receipt: req.body.bookingId }),
    });
    if (!response.ok) throw new HttpError(502, 'Payment provider refused the order', 'payment');
    res.status(201).json(await response.json());
  } catch (error) {
    next(error);
  }
});

paymentRouter.post('/webhook', async (req, res, next) => {
  try {
    const expected = createHmac('sha256', keySecret).update(req.body).digest();
    const given = Buffer.from(String(req.headers['x-razorpay-signature'] ?? ''), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new HttpError(400, 'Bad signature', 'signature');
    }
    const event = JSON.parse(req.body.toString());
    await pool.query('UPDATE bookings SET paid_at = now() WHERE id = $1', [event.receipt]);
    res.status(204).end();
  } catch (error) {
    next(error);
  }
});
