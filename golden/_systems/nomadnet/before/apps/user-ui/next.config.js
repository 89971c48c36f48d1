const path = require('path');

/** @type {import('next').NextConfig} */
const nextConfig = {
  output: 'standalone',
  reactStrictMode: true,
  experimental: {
    // the lockfile lives two folders up, trace from there
    outputFileTracingRoot: path.join(__dirname, '../../'),
  },
};

module.exports = nextConfig;