"""What the worker can do."""

import io
import os
import tempfile

import httpx
import psycopg
from PIL import Image

DATABASE_URL = os.environ["DATABASE_URL"]
SEARCH_URL = os.getenv("OPENSEARCH_URL", "https://search:9200")
SEARCH_AUTH = ("admin", os.environ["OPENSEARCH_PASSWORD"])
EDGE = int(os.getenv("THUMBNAIL_EDGE", "320"))


def thumbnail(job: dict) -> None:
    picture = httpx.get(job["url"], timeout=20, follow_redirects=True)
    picture.raise_for_status()
    # large originals do not fit into memory next to their copy
    with tempfile.NamedTemporaryFile(suffix=".img") as original:
        original.write(picture.content)
        original.flush()
        with Image.open(original.name) as image:
            image.thumbnail((EDGE, EDGE))
            small = io.BytesIO()
            image.convert("RGB").save(small, "JPEG", quality=82)
    with psycopg.connect(DATABASE_URL) as connection:
        connection.execute(
            "UPDATE items SET thumbnail = %s WHERE id = %s", (small.getvalue(), job["item_id"])
        )


def index(job: dict) -> None:
    with psycopg.connect(DATABASE_URL) as connection:
        row = connection.execute("SELECT title, body FROM items WHERE id = %s", (job["item_id"],)).fetchone()
    if row:
        url = f"{SEARCH_URL}/items/_doc/{job['item_id']}"
        httpx.put(url, json={"title": row[0], "body": row[1]}, auth=SEARCH_AUTH, verify=False).raise_for_status()


TASKS = {"thumbnail": thumbnail, "index": index}


def run(job: dict) -> None:
    TASKS[job["kind"]](job)
