FROM registry.example.com/x
RUN make
CMD ["x"]
