import { defineConfig } from 'vite';

export default defineConfig({
  server: { allowedHosts: ['shop.example.com'] },
});
