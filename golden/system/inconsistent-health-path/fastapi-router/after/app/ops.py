from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Alive(BaseModel):
    status: str


@router.get(
    "/health",
    response_model=Alive,
    summary="Is the service alive?",
)
@router.get(
    "/healthz",
    response_model=Alive,
    summary="Is the service alive?",
    include_in_schema=False,
)
def alive() -> Alive:
    return Alive(status="ok")
