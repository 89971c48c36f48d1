import nodemailer from 'nodemailer';
import { logger } from '@kodingcaravan/shared';

const transport = nodemailer.createTransport(process.env.SMTP_URL);

interface Event {
  type: string;
  bookingId: string;
  email?: string;
}

export async function deliver(event: Event): Promise<void> {
  if (!event.email) return;
  await transport.sendMail({
    from: process.env.MAIL_FROM,
    to: event.email,
    subject: event.type === 'created' ? 'Your booking' : 'Your booking has changed',
    text: `Booking ${event.bookingId}: ${event.type}`,
  });
  logger.info('Mail sent', { type: event.type, bookingId: event.bookingId });
}
