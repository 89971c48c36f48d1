// The card form is mounted by the provider's script, it only needs the public key.
const publicKey = process.env.NEXT_PUBLIC_STRIPE_PUBLIC_KEY;

export default function Checkout() {
  return (
    <main>
      <h1>Checkout</h1>
      <div id="card-form" data-key={publicKey} />
    </main>
  );
}
