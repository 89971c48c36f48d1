/**
 * The logger of every service.
 *
 * Usage:
 *
 *   import { logger } from '@kodingcaravan/shared';
 *   logger.info('Booking created', { bookingId });
 *
 * The level comes from LOG_LEVEL. Development prints colours, production prints
 * one JSON object per line, which is what the log search expects. Fields that
 * every line carries are set once, see childLogger at the end
 * of this file.
 */
import winston from "winston";

/** RFC 5424 has eight levels, five are enough for us. */
const levels = {
  error: 0,
  warn: 1,
  info: 2,
  http: 3,
  debug: 4,
};

const colors = {
  error: "red",
  warn: "yellow",
  info: "green",
  http: "magenta",
  debug: "blue",
};

winston.addColors(colors);

/** Keys whose values never reach a log line. */
const SENSITIVE = new Set([
  "password",
  "token",
  "accessToken",
  "refreshToken",
  "authorization",
  "otp",
  "signature",
]);

const level = (): string => {
  if (process.env.LOG_LEVEL) {
    return process.env.LOG_LEVEL;
  }
  return process.env.NODE_ENV === "production" ? "info" : "debug";
};

/**
 * Masks sensitive values on the first level of the meta object. Nested objects
 * are the caller's business.
 */
const redact = winston.format((info) => {
  for (const key of Object.keys(info)) {
    if (SENSITIVE.has(key)) {
      info[key] = "***";
    }
  }
  return info;
});

const errors = winston.format.errors({ stack: process.env.NODE_ENV !== "production" });

/** One JSON object per line. */
const fileFormat = winston.format.combine(
  redact(),
  errors,
  winston.format.timestamp(),
  winston.format.json(),
);

/** For people. */
const prettyFormat = winston.format.combine(
  redact(),
  errors,
  winston.format.timestamp({ format: "HH:mm:ss.SSS" }),
  winston.format.colorize({ all: true }),
  winston.format.printf(({ timestamp, level: lvl, message, ...meta }) => {
    const rest = Object.keys(meta).length > 0 ? ` ${JSON.stringify(meta)}` : "";
    return `${timestamp} ${lvl}: ${message}${rest}`;
  }),
);

const consoleFormat =
  process.env.NODE_ENV === "production" ? fileFormat : prettyFormat;

export const logger = winston.createLogger({
  levels,
  level: level(),
  defaultMeta: {
    service: process.env.SERVICE_NAME || "unknown",
  },
  // a failing transport must not take the process down
  exitOnError: false,
  transports: [
    new winston.transports.Console({
      format: consoleFormat,
    }),

    // keep a copy on disk in production
    ...(process.env.NODE_ENV === "production"
      ? [
          new winston.transports.File({
            filename: "logs/error.log",
            level: "error",
            format: fileFormat,
            maxsize: 20 * 1024 * 1024,
          }),
          new winston.transports.File({
            filename: "logs/combined.log",
            format: fileFormat,
            maxsize: 20 * 1024 * 1024,
          }),
        ]
      : []),
  ],

  /*
   * Uncaught exceptions go to a file of their own, next to the
   * other ones.
   */
  exceptionHandlers: [
    new winston.transports.File({
      filename: "logs/exceptions.log",
      format: fileFormat,
    }),
  ],

  /*
   * Rejections nobody handled. Since Node 15 these end the process,
   * so the last line of this file tells why a container
   * went away.
   */
  rejectionHandlers: [
    // same format as above
    new winston.transports.File({
      filename: "logs/rejections.log",
      format: fileFormat,
    }),
  ],
});

/** A logger that adds the same fields to every line. */
export const childLogger = (meta: Record<string, unknown>) => logger.child(meta);
