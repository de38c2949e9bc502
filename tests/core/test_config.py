"""Settings: from the environment, else from `.env`; what is empty is not set."""

from core.config import Settings


def test_the_environment_counts_for_more_than_the_file_even_where_it_is_empty(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://a-real-clinic\nQURE_IDLE_MINUTES=30\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QURE_IDLE_MINUTES")

    settings = Settings()

    assert settings.database_url is None  # empty in the environment of every test
    assert settings.idle_minutes == 30


def test_what_is_empty_has_its_default(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("QURE_SESSION_HOURS=\nSECRET_KEY=\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QURE_SESSION_HOURS")
    monkeypatch.delenv("SECRET_KEY")

    assert (Settings().session_hours, Settings().secret_key) == (12, None)
