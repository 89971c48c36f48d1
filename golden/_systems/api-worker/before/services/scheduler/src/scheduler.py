"""Puts the nightly jobs into the queue."""

import json
import logging
import os
import signal
import sys
import threading
import uuid
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

logging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO"), stream=sys.stdout)
log = logging.getLogger("scheduler")

stopped = threading.Event()
beat = Path("/tmp/scheduler.beat")


def main() -> None:
    queue = Redis.from_url(os.getenv("REDIS_URL", "redis://redis:6379/0"))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(30):
        beat.touch()
        try:
            due = queue.zrangebyscore("schedule", 0, "+inf", start=0, num=10)
            for entry in due:
                queue.lpush("jobs", json.dumps({"id": uuid.uuid4().hex, **json.loads(entry)}))
                queue.zrem("schedule", entry)
        except RedisError as error:
            log.warning("redis: %s", error)
    log.info("stopped")


if __name__ == "__main__":
    main()
