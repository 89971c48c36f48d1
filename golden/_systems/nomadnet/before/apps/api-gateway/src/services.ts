// Where the gateway finds the backends. "local" is for running the services
// on the host with `pnpm dev`, everything else goes through the compose network.
const local = process.env.SERVICE_URL_MODE === 'local';

const url = (name: string, port: number) => `http://${local ? '127.0.0.1' : name}:${port}`;

export const services = {
  auth: url('auth-service', 6001),
  product: url('product-service', 6002),
  order: url('order-service', 6003),
  seller: url('seller-service', 6004),
  admin: url('admin-service', 6005),
  chatting: url('chatting-service', 6006),
  recommendation: url('recommendation-service', 6007),
  logger: url('logger-service', 6008),
};
