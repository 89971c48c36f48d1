from app.routers.ops import router as ops_router

__all__ = ["ops_router"]
