import http from 'node:http';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

const env = z.object({
  QUEUE_URL: z.string().url(),
  MAIL_HOST: z.string().optional(),
  CACHE_TTL: z.coerce.number().default(60),
}).parse(process.env);
const key: string = process.env.SIGNING_KEY!;
const social = { github: { clientId: process.env.GITHUB_CLIENT_ID!, clientSecret: process.env.GITHUB_CLIENT_SECRET as string } };
const token = () => jwt.sign(social, process.env.JWT_SECRET);
const hook = process.env.HOOK_URL ? new URL(process.env.HOOK_URL) : null;
http.createServer((req, res) => res.end(token() + key + env.QUEUE_URL + hook)).listen(3000);
