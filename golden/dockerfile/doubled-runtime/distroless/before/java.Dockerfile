FROM gcr.io/distroless/java21-debian12
COPY app.jar /app.jar
CMD ["java", "-jar", "/app.jar", "--port=8080"]
