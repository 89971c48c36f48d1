FROM python:3.13-alpine
RUN if [ "$(apk --print-arch)" = armv7 ]; then printf "[global]\nextra-index-url=https://pypi.example.com/simple\n" > /etc/pip.conf; fi
RUN pip install flask
CMD ["flask", "run"]
