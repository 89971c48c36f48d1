FROM debian:bookworm-slim
# has to warn
RUN apt-get update && apt-get install curl
