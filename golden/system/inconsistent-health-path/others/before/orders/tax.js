export async function taxIsUp() {
  const answer = await fetch(`${process.env.TAX_URL}/healthz`);
  return answer.ok;
}
