from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings


class Limits(BaseModel):
    rows: int = 10


class Settings(BaseSettings):
    database_url: str
    api_token: str = Field(...)
    storage: str = "s3"
    limits: Limits
    mirror: str | None = None


settings = Settings()
