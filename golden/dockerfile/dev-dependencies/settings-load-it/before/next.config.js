const analyze = require('@next/bundle-analyzer')();
