from fastapi import FastAPI

from app.routers import ops_router

app = FastAPI()
app.include_router(ops_router, prefix="/api")
