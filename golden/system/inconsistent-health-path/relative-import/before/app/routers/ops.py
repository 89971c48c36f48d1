from fastapi import APIRouter

router = APIRouter()


@router.get("/healthz")
def alive():
    return {"status": "ok"}
