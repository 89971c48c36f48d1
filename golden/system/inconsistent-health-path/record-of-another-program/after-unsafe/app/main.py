from fastapi import FastAPI

PROBES = [
    ("GET", "/healthz", "etcd"),
    ("GET", "/ping", "traefik"),
]

app = FastAPI()


@app.get("/health")
@app.get("/healthz", include_in_schema=False)
def alive():
    return {"status": "ok"}
