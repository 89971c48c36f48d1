const OPEN = new Set(['/healthz', '/metrics']);

exports.requireToken = (req, res, next) => (OPEN.has(req.path) || req.headers.authorization ? next() : res.sendStatus(401));
