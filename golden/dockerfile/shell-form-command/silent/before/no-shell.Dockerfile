FROM scratch
CMD /server
