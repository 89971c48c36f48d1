import os

TTL = int(os.getenv("RESET_TOKEN_TTL_SECONDS", "900"))
PASSWORD = os.getenv("SMTP_PASS", "")
KEY = os.getenv("SIGNING_KEY", "only-for-development")
ECHO = os.environ["RESET_TOKEN_ECHO"]
PORT = int(os.environ["METRICS_PORT"])
SIZE = os.getenv("PAGE_SIZE", SIZES["small"])
CLIENT = os.environ["CLIENT_NAME"]
TRACE = os.getenv("TRACE_FILE")
LEVEL = os.getenv("LOG_LEVEL", "warning")
LENGTH = int(os.getenv("RESET_LENGTH", "6"))
MODE = os.getenv("STORE_MODE", "local")
