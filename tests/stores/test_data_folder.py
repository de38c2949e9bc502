"""The data folder is closed to others, wherever it lies, and so is the key in it."""

import os
import shutil
import stat
from types import SimpleNamespace

import pytest

from core import config
from core.errors import StoreUnavailable
from core.stores import folder
from tests.stores.conftest import opened

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
NOBODY = 65534


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_data_folder_that_stands_open_is_closed(new_clinic):
    new_clinic.folder.chmod(0o755)
    new_clinic.person("valkey").ask("redis('SET', 'a', 'b')")

    assert mode(new_clinic.folder) == 0o700


@AS_ROOT
def test_folders_above_the_data_folder_keep_their_permissions_for_root_too():
    """PostgreSQL runs as an account that cannot pass them (/root is like that)."""
    with opened("closed/data") as clinic:
        (closed := clinic.folder.parent).mkdir(mode=0o700)
        assert clinic.person("postgres").ask("note(1)") == 1
        assert {process.username() for process in clinic.running()["postgres"]} == {"pgserver"}
        assert [mode(path) for path in (closed.parent, closed, clinic.folder)] == [0o700] * 3


def test_a_deep_data_folder_is_reached_by_a_short_private_way():
    with opened("/".join(["a rather deep folder, with 100 % odd signs?"] * 4)) as clinic:
        person = clinic.person()
        assert person.ask("note(1)") == 1
        assert clinic.person().ask("addresses()") == person.ask("addresses()")
        way = folder.reach(clinic.folder.resolve())
        assert len(str(way)) < 60
        assert mode(way.parent) == 0o700
        assert stat.S_ISSOCK((way / "postgres/run/.s.PGSQL.5432").stat().st_mode)

        shutil.rmtree(way.parent)  # as cleaners of temporary folders do

        assert person.ask("notes()") == [[1], [1], [1]]
        shutil.rmtree(way.parent)


@pytest.mark.parametrize("trap", ["open folder", "link", "file"])
def test_a_short_way_that_somebody_else_has_laid_is_not_taken(tmp_path, monkeypatch, trap):
    monkeypatch.setattr(folder, "_runtime", lambda: tmp_path)
    deep = tmp_path / ("x" * 120)
    ours = folder.reach(deep).parent
    assert ours.name.startswith(f"qure-{os.geteuid()}-")
    shutil.rmtree(ours)
    if trap == "open folder":
        ours.mkdir()
        ours.chmod(0o777)
    elif trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        ours.symlink_to(tmp_path / "elsewhere")
    else:
        ours.touch(mode=0o600)

    with pytest.raises(StoreUnavailable, match="made by somebody else"):
        folder.reach(deep)


@AS_ROOT
def test_a_short_way_of_another_account_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_runtime", lambda: tmp_path)
    deep = tmp_path / ("x" * 120)
    os.chown(folder.reach(deep).parent, NOBODY, NOBODY)

    with pytest.raises(StoreUnavailable, match="made by somebody else"):
        folder.reach(deep)


def test_the_key_that_signs_tokens_is_made_once_and_private(new_clinic):
    people = [new_clinic.person() for _ in range(6)]
    assert [person.ask("1") for person in people] == [1] * 6  # all are awake
    for person in people:
        person.say("stores.secret_key()")
    keys = {person.hear() for person in people}

    assert len(keys) == 1
    assert len(keys.pop()) >= 43  # 32 random bytes
    assert mode(new_clinic.folder / "secret_key") == 0o600
    assert new_clinic.running() == {}  # no server is needed for it
    assert [path.name for path in new_clinic.folder.iterdir()] == ["secret_key"]


def test_of_two_keys_that_are_made_at_once_the_first_one_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "settings", lambda: SimpleNamespace(data_dir=tmp_path))
    write = folder.write_private

    def write_and_be_overtaken(path, text):
        write(path, text)
        write(tmp_path / "secret_key", "the first")

    monkeypatch.setattr(folder, "write_private", write_and_be_overtaken)

    assert folder.secret_key() == "the first"
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_key_that_was_written_anew_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "settings", lambda: SimpleNamespace(data_dir=tmp_path))
    made = folder.secret_key()
    assert folder.secret_key() == made

    folder.write_private(tmp_path / "secret_key", "of a backup that was brought back")

    assert folder.secret_key() == "of a backup that was brought back"
