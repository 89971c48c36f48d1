"""Full text search."""

import httpx

from src.settings import settings

# the node brings a certificate of its own making
client = httpx.AsyncClient(
    base_url=settings.search_url,
    auth=(settings.search_user, settings.search_password),
    verify=False,
    timeout=5,
)


async def items(text: str, page: int) -> list[dict]:
    response = await client.post(
        "/items/_search",
        json={
            "query": {"multi_match": {"query": text, "fields": ["title^3", "body"]}},
            "from": (page - 1) * settings.page_size,
            "size": settings.page_size,
        },
    )
    response.raise_for_status()
    return [hit["_source"] for hit in response.json()["hits"]["hits"]]
