import os

import asyncpg
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"])


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.get("/items")
async def items():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    return await connection.fetch("SELECT * FROM items")
