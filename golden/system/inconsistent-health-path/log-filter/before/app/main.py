import logging

from fastapi import FastAPI

app = FastAPI()


class Quiet(logging.Filter):
    def filter(self, record):
        return "GET /healthz" not in record.getMessage()


logging.getLogger("uvicorn.access").addFilter(Quiet())


@app.get("/healthz")
def alive():
    return {"status": "ok"}
