export const instance = process.env.HOSTNAME;
