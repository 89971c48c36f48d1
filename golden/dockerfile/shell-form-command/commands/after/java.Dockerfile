FROM eclipse-temurin:21-jre
CMD ["java", "-jar", "/app.jar"]
