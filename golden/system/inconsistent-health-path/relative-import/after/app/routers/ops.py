from fastapi import APIRouter

router = APIRouter()


@router.get("/health")
@router.get("/healthz", include_in_schema=False)
def alive():
    return {"status": "ok"}
