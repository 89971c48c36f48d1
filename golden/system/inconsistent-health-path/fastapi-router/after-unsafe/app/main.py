from fastapi import FastAPI

from app import ops

app = FastAPI()
app.include_router(ops.router, prefix="/api/v1")
