FROM python:3.12-slim
WORKDIR /app
COPY . .
USER root
CMD ["python", "app.py"]
