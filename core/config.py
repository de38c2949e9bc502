"""Settings, read once from the environment and from a `.env` file. Every one stands in .env.example."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Names in the environment are the field names in capitals. Empty means not set, whatever `.env` says."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str | None = None
    redis_url: str | None = None
    mongo_url: str | None = None
    data_dir: Path = Field(default_factory=lambda: user_data_path("qure"), validation_alias="QURE_DATA_DIR")
    secret_key: str | None = None
    secret_key_before: str | None = None
    secure_cookies: bool | None = Field(default=None, validation_alias="QURE_SECURE_COOKIES")
    public_address: str | None = Field(
        default=None, pattern=r"^https?://[^\s/]+(/\S*)?$", validation_alias="QURE_PUBLIC_ADDRESS"
    )
    etl_in_app: bool | None = Field(default=None, validation_alias="QURE_ETL_IN_APP")
    backup_dir: Path | None = Field(default=None, validation_alias="QURE_BACKUP_DIR")
    backups_kept: int = Field(default=14, ge=2, le=1000, validation_alias="QURE_BACKUPS_KEPT")
    backup_passphrase: str | None = Field(default=None, validation_alias="QURE_BACKUP_PASSPHRASE")
    session_hours: int = Field(default=12, ge=1, le=24, validation_alias="QURE_SESSION_HOURS")
    idle_minutes: int = Field(default=60, ge=5, le=720, validation_alias="QURE_IDLE_MINUTES")
    api_rate: str = Field(
        default="600/minute", pattern=r"^[1-9]\d*/(second|minute|hour)$", validation_alias="QURE_API_RATE"
    )

    log_format: Literal["text", "json"] = Field(default="text", validation_alias="QURE_LOG_FORMAT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", validation_alias="QURE_LOG_LEVEL")
    show_queries: bool = Field(default=False, validation_alias="QURE_SHOW_QUERIES")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != ""}

    @property
    def app_runs_etl(self) -> bool:
        """Embedded, the app feeds MongoDB by itself; elsewhere `python -m etl run --every 5s` does."""
        return self.embedded if self.etl_in_app is None else self.etl_in_app

    @property
    def backups(self) -> Path:
        """Where nightly backups are kept."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def app_takes_backups(self) -> bool:
        """Each night: of the database that Qure runs itself, and of another where a folder for them is named."""
        return not self.database_url or self.backup_dir is not None

    @property
    def embedded(self) -> bool:
        """Whether at least one store is started by Qure itself."""
        return not (self.database_url and self.redis_url and self.mongo_url)


def names() -> list[str]:
    """What the settings are called in the environment."""
    return [str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()]


@cache
def settings() -> Settings:
    return Settings()
