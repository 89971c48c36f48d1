FROM gcr.io/distroless/java21-debian12
CMD ["java.jar"]
FROM gcr.io/distroless/java-base-debian12
CMD ["java", "-jar", "x.jar"]
