FROM debian:bookworm-slim
RUN apt-get update && \
	apt-get install -y curl && \
	apt-get clean && \
	rm -rf /var/lib/apt/lists/*
CMD ["app"]
