from gcr.io/distroless/python3-debian12
copy main.py /main.py
cmd ["/usr/bin/python3.11","/main.py"]
