const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

module.exports = new HttpInstrumentation({
  ignoreIncomingRequestHook(request) {
    switch (request.url) {
      case '/health':
      case '/metrics':
        return true;
      default:
        return false;
    }
  },
});
