FROM python:3.12-slim
RUN useradd -m app
WORKDIR /app
COPY . .
RUN pip install . && \
    chown -R app:app /app
USER app
CMD ["python", "-m", "shop"]
