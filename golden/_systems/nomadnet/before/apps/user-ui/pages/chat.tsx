import { useEffect, useRef, useState } from 'react';

export default function Chat() {
  const socket = useRef<WebSocket | null>(null);
  const [lines, setLines] = useState<string[]>([]);

  useEffect(() => {
    const ws = new WebSocket(process.env.NEXT_PUBLIC_CHATTING_WEBSOCKET_URI ?? '');
    ws.onmessage = (event) => setLines((old) => [...old, event.data]);
    socket.current = ws;
    return () => ws.close();
  }, []);

  return <pre>{lines.join('\n')}</pre>;
}
