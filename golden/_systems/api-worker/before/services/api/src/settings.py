"""Everything the API reads from its environment."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    database_url: str = field(default_factory=lambda: os.environ["DATABASE_URL"], repr=False)
    redis_url: str = os.getenv("REDIS_URL", "redis://redis:6379/0")
    search_url: str = os.getenv("OPENSEARCH_URL", "https://search:9200")
    search_user: str = os.getenv("OPENSEARCH_USER", "admin")
    search_password: str = field(default_factory=lambda: os.environ["OPENSEARCH_PASSWORD"], repr=False)
    log_level: str = os.getenv("LOG_LEVEL", "INFO")
    page_size: int = int(os.getenv("PAGE_SIZE", "50"))


settings = Settings()
