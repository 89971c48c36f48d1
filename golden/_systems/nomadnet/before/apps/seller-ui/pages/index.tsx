export default function Dashboard() {
  return (
    <main>
      <h1>Seller dashboard</h1>
      <p>API: {process.env.NEXT_PUBLIC_SERVER_URI}</p>
      <a href={process.env.NEXT_PUBLIC_USER_UI_LINK}>Open the shop</a>
    </main>
  );
}
