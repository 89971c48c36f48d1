import { PrismaClient } from '@prisma/client';

export interface LogLine {
  level: string;
  source: string;
  message: string;
}

// Without a database the service only forwards the lines to stdout.
const prisma = process.env.DATABASE_URL ? new PrismaClient() : null;

export async function save(line: LogLine): Promise<void> {
  await prisma?.logEntry.create({ data: line });
}

export async function ready(): Promise<boolean> {
  if (!prisma) return true;
  await prisma.$runCommandRaw({ ping: 1 });
  return true;
}

export async function close(): Promise<void> {
  await prisma?.$disconnect();
}
