from fastapi import FastAPI

from .routers import ops

app = FastAPI()
app.include_router(ops.router, prefix="/api")
