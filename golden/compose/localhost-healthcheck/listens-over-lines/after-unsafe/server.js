server.listen({
  port: 8080,
  host: 'localhost',
});
