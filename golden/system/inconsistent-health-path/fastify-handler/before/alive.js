export const alive = async () => ({ status: 'ok' });
