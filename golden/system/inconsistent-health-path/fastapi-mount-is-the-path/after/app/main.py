from fastapi import FastAPI

from app import health

app = FastAPI()
app.include_router(health.router, prefix="/health", tags=["ops"])
app.include_router(health.router, prefix="/healthz", tags=["ops"], include_in_schema=False)
