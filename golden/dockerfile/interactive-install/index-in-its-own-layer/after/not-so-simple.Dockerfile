FROM debian:12
RUN apt-get update
# the tools
RUN apt-get install -y curl
RUN apt-get update
RUN apt-get install -y jq; jq --version
RUN apt-get update
RUN apt-get install -y git || true
RUN apt-get update
RUN --mount=type=cache,target=/var/cache/apt apt-get install -y make
RUN apt-get update
COPY . .
RUN apt-get install -y make
CMD ["app"]
