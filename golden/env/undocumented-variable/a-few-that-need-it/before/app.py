import os

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    log_level: str = "info"
    greeting: str = "hello"
    s3_bucket: str
    s3_region: str
    s3_access_key: str
    database_url: str
    smtp_host: str
    smtp_port: int
    page_size: int = 20
    cache_seconds: int = 60
    cache_entries: int = 1000
    retries: int = 3
    backoff: float = 1.5


settings = Settings()
if settings.smtp_host == "ses":
    region = os.environ["SES_REGION"]
trace = os.getenv("TRACE_FILE")
