from fastapi import FastAPI

PROBES = [
    ("GET", "/healthz", "etcd"),
    ("GET", "/ping", "traefik"),
]

app = FastAPI()


@app.get("/healthz")
def alive():
    return {"status": "ok"}
