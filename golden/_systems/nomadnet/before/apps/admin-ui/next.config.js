const path = require('path');

module.exports = {
  output: 'standalone',
  eslint: { ignoreDuringBuilds: true },
  experimental: {
    outputFileTracingRoot: path.join(__dirname, '../../'),
  },
};
