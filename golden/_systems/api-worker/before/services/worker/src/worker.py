"""Takes jobs from the queue, one after the other."""

import json
import logging
import os
import signal
import sys
import time

from redis import Redis
from redis.exceptions import ConnectionError as RedisGone

from src import tasks

logging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO"), stream=sys.stdout)
log = logging.getLogger("worker")

queue = Redis.from_url(os.getenv("REDIS_URL", "redis://redis:6379/0"))
running = True


def stop(signum: int, _frame: object) -> None:
    global running
    log.info("signal %s, finishing the current job", signum)
    running = False


def main() -> None:
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while running:
        try:
            taken = queue.brpop("jobs", timeout=5)
        except RedisGone:
            log.warning("redis is away, waiting")
            time.sleep(3)
            continue
        if taken is None:
            continue
        job = json.loads(taken[1])
        try:
            tasks.run(job)
        except Exception:
            log.exception("job %s failed", job.get("id"))
            queue.lpush("jobs:failed", taken[1])


if __name__ == "__main__":
    main()
