FROM python:3.13-slim
COPY pip.conf /etc/pip.conf
RUN pip install flask
CMD ["flask", "run"]
