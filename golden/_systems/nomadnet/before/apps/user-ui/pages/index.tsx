import { useEffect, useState } from 'react';

const server = process.env.NEXT_PUBLIC_SERVER_URI;
const sellers = process.env.NEXT_PUBLIC_SELLER_SERVER_URI;

interface Product {
  id: string;
  title: string;
  price: number;
}

export default function Home() {
  const [products, setProducts] = useState<Product[]>([]);

  useEffect(() => {
    fetch(`${server}/product/products`)
      .then((r) => r.json())
      .then(setProducts)
      .catch(() => setProducts([]));
  }, []);

  return (
    <main>
      <h1>NomadNet</h1>
      <ul>
        {products.map((p) => (
          <li key={p.id}>
            {p.title} <b>{p.price}</b>
          </li>
        ))}
      </ul>
      <a href={sellers}>Sell on NomadNet</a>
    </main>
  );
}
