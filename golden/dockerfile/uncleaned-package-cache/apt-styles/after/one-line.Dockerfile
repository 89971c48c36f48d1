FROM python:3.12-slim
RUN apt-get update && apt-get install -y gcc > /dev/null && rm -rf /var/lib/apt/lists/*
CMD ["app"]
