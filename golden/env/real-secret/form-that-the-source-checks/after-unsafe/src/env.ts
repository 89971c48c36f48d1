import { z } from 'zod';

export const env = z.object({ PAYMENT_KEY_ID: z.string().startsWith('rzp_') }).parse(process.env);
