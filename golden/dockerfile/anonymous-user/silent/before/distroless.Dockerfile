FROM gcr.io/distroless/python3-debian12
COPY . /app
USER 1000
CMD ["/app/main.py"]
