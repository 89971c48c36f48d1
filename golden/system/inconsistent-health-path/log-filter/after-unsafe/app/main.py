import logging

from fastapi import FastAPI

app = FastAPI()


class Quiet(logging.Filter):
    def filter(self, record):
        return "GET /health" not in record.getMessage()


logging.getLogger("uvicorn.access").addFilter(Quiet())


@app.get("/health")
def alive():
    return {"status": "ok"}
