from gcr.io/distroless/python3-debian12
copy main.py /main.py
cmd ["/main.py"]
