FROM node:20
CMD java $JAVA_OPTS -jar /app.jar
