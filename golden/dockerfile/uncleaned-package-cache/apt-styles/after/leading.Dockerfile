FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    curl \
    # for the probe
    jq \
  && rm -rf /var/lib/apt/lists/* \
  && useradd app
CMD ["app"]
