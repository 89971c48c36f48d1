from fastapi import APIRouter

router = APIRouter()


@router.get("")
def alive():
    return {"status": "ok"}
