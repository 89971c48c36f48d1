ARG BASE
FROM ${BASE}
COPY . /app
CMD ["/app/run"]
