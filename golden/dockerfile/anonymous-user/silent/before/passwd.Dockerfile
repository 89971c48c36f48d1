FROM python:3.12-slim
RUN echo 'app:x:1300:1300::/app:/sbin/nologin' >> /etc/passwd
COPY . /app
USER 1300
CMD ["python", "/app/main.py"]
