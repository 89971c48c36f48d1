export interface LogLine {
  level: 'info' | 'warn';
  source: string;
  message: string;
}

interface Event {
  type: string;
  [key: string]: unknown;
}

/** Turns a domain event into the line that the logger stores. */
export function handleEvent(topic: string, event: Event): LogLine | undefined {
  if (!event.type) return undefined;
  const { type, ...rest } = event;
  return { level: 'info', source: topic, message: `${type} ${JSON.stringify(rest)}` };
}
