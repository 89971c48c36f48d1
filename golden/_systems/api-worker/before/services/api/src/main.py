"""HTTP API of the catalogue."""

import logging
import sys
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Response

from src import jobs, search
from src.database import Database
from src.settings import settings

logging.basicConfig(
    level=settings.log_level,
    stream=sys.stdout,
    format="%(asctime)s %(levelname)s %(name)s %(message)s",
)
log = logging.getLogger("api")
database = Database(settings.database_url)


@asynccontextmanager
async def lifespan(_app: FastAPI):
    await database.open()
    log.info("catalog-api started")
    yield
    await database.close()
    await jobs.close()


app = FastAPI(title="catalog-api", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/ready")
async def ready(response: Response) -> dict[str, bool]:
    alive = await database.ping()
    if not alive:
        response.status_code = 503
    return {"database": alive}


@app.get("/items/{item_id}")
async def item(item_id: int) -> dict:
    row = await database.item(item_id)
    if row is None:
        raise HTTPException(status_code=404, detail="no such item")
    return row


@app.get("/items")
async def find(q: str, page: int = 1) -> list[dict]:
    return await search.items(q, page)


@app.post("/items/{item_id}/images", status_code=202)
async def add_image(item_id: int, url: str) -> dict[str, str]:
    return {"job": await jobs.enqueue("thumbnail", item_id=item_id, url=url)}
