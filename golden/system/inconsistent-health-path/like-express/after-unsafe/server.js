import polka from 'polka';

const app = polka();

app.get('/health', (req, res) => {
  res.end('ok');
});

app.listen(3000);
