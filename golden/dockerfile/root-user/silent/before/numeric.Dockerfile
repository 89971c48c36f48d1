FROM python:3.12-slim
COPY . /app
USER 1000:1000
CMD ["python", "/app/main.py"]
