FROM golang:1.23-alpine AS build
COPY . /src
RUN cd /src && go build -o /shop

FROM alpine:3.20
RUN adduser -D -u 1000 shop
COPY --from=build /shop /usr/local/bin/shop
COPY entrypoint.sh /
USER shop
ENTRYPOINT ["/entrypoint.sh"]
