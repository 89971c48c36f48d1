FROM python:3.12-slim
RUN useradd app
WORKDIR /app
# nobody may change the program
COPY --chown=root:root . .
USER app
CMD ["python", "app.py"]
