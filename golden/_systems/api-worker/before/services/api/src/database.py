"""The pool. It reconnects on its own, nothing here waits for the server."""

import logging

from psycopg import OperationalError
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

log = logging.getLogger("api.database")


class Database:
    def __init__(self, url: str) -> None:
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=10,
            open=False,
            kwargs={"row_factory": dict_row},
        )

    async def open(self) -> None:
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close()

    async def ping(self) -> bool:
        try:
            async with self._pool.connection(timeout=3) as connection:
                await connection.execute("SELECT 1")
        except (OperationalError, PoolTimeout) as error:
            log.warning("database does not answer: %s", error)
            return False
        return True

    async def item(self, item_id: int) -> dict | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, title, price FROM items WHERE id = %s", (item_id,)
            )
            return await cursor.fetchone()
