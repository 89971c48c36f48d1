FROM debian:12
RUN set -ex && apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN set -e; apt-get update && apt-get install -y jq; rm -rf /var/lib/apt/lists/*; jq --version
CMD ["app"]
