FROM python:3.13-slim AS build
RUN uv sync

FROM python:3.13-slim AS set
ENV UV_NO_CACHE=1
RUN uv sync
CMD ["uv", "run", "app.py"]

FROM python:3.13-slim
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen
RUN uv sync --no-cache && uv pip install -n flask
RUN uv sync && uv cache clean
RUN uv sync && rm -rf /root/.cache
RUN UV_CACHE_DIR=/tmp/uv uv sync && rm -rf /tmp/uv
RUN uv python install 3.13 && uv lock --check
CMD ["uv", "run", "app.py"]
