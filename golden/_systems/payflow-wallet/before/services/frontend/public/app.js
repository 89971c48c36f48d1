async function start() {
  const { apiUrl } = await (await fetch('/config.json')).json();
  const token = sessionStorage.getItem('token');
  const main = document.getElementById('app');
  if (!token) {
    main.textContent = 'Please log in.';
    return;
  }
  const response = await fetch(`${apiUrl}/wallets/${sessionStorage.getItem('wallet')}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const wallet = await response.json();
  main.textContent = response.ok ? `${wallet.balance} ${wallet.currency}` : wallet.error;
}

start();
