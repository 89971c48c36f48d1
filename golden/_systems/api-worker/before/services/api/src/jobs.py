"""Hands work over to the worker."""

import json
import uuid

from redis.asyncio import Redis

from src.settings import settings

queue = Redis.from_url(settings.redis_url)


async def enqueue(kind: str, **arguments: object) -> str:
    job = uuid.uuid4().hex
    await queue.lpush("jobs", json.dumps({"id": job, "kind": kind, **arguments}))
    return job


async def close() -> None:
    await queue.aclose()
