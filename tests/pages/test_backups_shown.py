"""How the backups are, in Settings and on the administrator's first page; one more at a click."""

import pytest

from core.config import settings
from pages.ui.office import backup_job
from tests.stores.conftest import eventually


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where they are kept, for this process and for the one that takes them."""
    monkeypatch.setitem(settings().__dict__, "backup_dir", tmp_path)
    monkeypatch.setenv("QURE_BACKUP_DIR", str(tmp_path))
    yield tmp_path
    backup_job.backups.job = None


def texts(page):
    return " ".join(element.value for element in (*page.markdown, *page.caption, *page.warning, *page.success))


def test_settings_tell_how_the_backups_are_and_take_one_more(open_page, admin, folder, engine):
    page = open_page("settings", admin)
    assert "There is no backup yet. The first is taken tonight." in texts(page)
    page.button(key="back_up_now").click().run()
    assert eventually(lambda: backup_job.backups.ended(), 60)

    page.run()

    assert backup_job.backups.ended().problem == ""
    (path,) = folder.glob("qure-*.qure")
    assert f"Taken and checked: {path.name}" in texts(page).replace("\\", "")


def test_an_old_backup_is_on_the_administrators_first_page_and_on_no_other(open_page, admin, receptionist, folder):
    (folder / "qure-20250220T203000Z.qure").write_bytes(b"as if it were one")

    assert "The last backup is 8 days old" in texts(open_page("home", admin)).replace("\\", "")
    assert "The last backup is" not in texts(open_page("home", receptionist))
    assert "The last backup is 8 days old" in texts(open_page("settings", admin)).replace("\\", "")
