const path = require('path');

/** @type {import('next').NextConfig} */
module.exports = {
  output: 'standalone',
  poweredByHeader: false,
  experimental: { outputFileTracingRoot: path.join(__dirname, '../../') },
};
