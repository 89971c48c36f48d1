from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI(title="ledger")
OPEN = {"/health", "/docs", "/openapi.json"}


@app.middleware("http")
async def token(request: Request, call_next):
    if request.url.path not in OPEN and "authorization" not in request.headers:
        return JSONResponse({"detail": "who are you"}, status_code=401)
    return await call_next(request)


@app.get("/health", tags=["ops"])
async def healthz():
    return {"status": "ok"}
