FROM debian:12
RUN set -ex && apt-get update && apt-get install -y curl
RUN set -e; apt-get update && apt-get install -y jq; jq --version
CMD ["app"]
