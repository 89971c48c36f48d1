import os

TTL = int(os.getenv("RESET_TOKEN_TTL_SECONDS", "900"))
PASSWORD = os.getenv("SMTP_PASS", "")
KEY = os.getenv("SIGNING_KEY", "only-for-development")
ECHO = os.environ["RESET_TOKEN_ECHO"]
PORT = int(os.environ["METRICS_PORT"])
CLIENT = os.environ["CLIENT_NAME"]
TRACE = os.getenv("TRACE_FILE")
MODE = os.getenv("STORE_MODE", "local")
