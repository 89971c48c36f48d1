from fastapi import APIRouter

router = APIRouter()


@router.get("/health")
def alive():
    return {"status": "ok"}
