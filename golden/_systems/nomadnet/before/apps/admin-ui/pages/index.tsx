import { useEffect, useState } from 'react';

type Stats = { users: number; sellers: number; orders: number };

export default function Overview() {
  const [stats, setStats] = useState<Stats | null>(null);

  useEffect(() => {
    fetch(`${process.env.NEXT_PUBLIC_SERVER_URI}/admin/stats`, { credentials: 'include' })
      .then((r) => r.json())
      .then(setStats);
  }, []);

  return <pre>{stats ? JSON.stringify(stats, null, 2) : 'loading'}</pre>;
}
