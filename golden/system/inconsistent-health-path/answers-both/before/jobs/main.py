from fastapi import FastAPI

app = FastAPI()


@app.get("/healthz", include_in_schema=False)
@app.get("/health")
def alive():
    return {"status": "ok"}
