FROM python:3.12-slim
RUN groupadd -g 1200 app && useradd -u 1200 -g 1200 app
COPY . /app
USER 1200:1200
CMD ["python", "/app/main.py"]
