import os

from settings import settings

BUCKET = os.environ["BUCKET_NAME"]
ORIGINS = os.getenv("CORS_ORIGINS").split(",")
LICENSE = os.getenv("LICENSE_KEY")
if LICENSE is None:
    raise SystemExit("LICENSE_KEY is missing")

# None of these ends it.
MAIL = os.getenv("MAIL_HOST")
ZONE = os.environ.get("ZONE_NAME", "eu")
if settings.storage == "ftp":
    FTP = os.environ["FTP_HOST"]
try:
    TRACE = os.environ["TRACE_URL"]
except KeyError:
    TRACE = None
