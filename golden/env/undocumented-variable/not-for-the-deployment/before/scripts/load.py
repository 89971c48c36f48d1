import os

TOKEN = os.environ["THING_TOKEN"]
