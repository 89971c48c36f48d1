import os
from pathlib import Path

from fastapi import FastAPI

MAPS = Path(os.getenv("MAPS_DIR", "/opt/weather/maps"))
app = FastAPI()


@app.post("/maps/{day}")
def draw(day: str) -> dict:
    MAPS.mkdir(parents=True, exist_ok=True)
    (MAPS / f"{day}.svg").write_text("<svg/>")
    return {"day": day}
