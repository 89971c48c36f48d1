FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    curl \
    # for the probe
    jq \
  && useradd app
CMD ["app"]
