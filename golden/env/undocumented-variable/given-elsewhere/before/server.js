const { CACHE_DIR, QUEUE_URL, BATCH_SIZE, HOME, CI, npm_package_version } = process.env;
require('./start')(CACHE_DIR, QUEUE_URL, BATCH_SIZE, HOME, CI, npm_package_version, process.env.PORT);
