"""The keeper's other duties: logs that do not grow for ever, a `mongod` where there is one."""

import sys
from pathlib import Path

from core.stores import process
from tests.stores.conftest import eventually

MONGOD = """#!{python}
# What a mongod is asked to do, done by another server.
import os, sys
if "--version" in sys.argv:
    print("db version v{version}")
    sys.exit()
say = dict(zip(sys.argv, sys.argv[1:]))
command = ["{python}", "-m", "secantus", "--standalone", "--host", say["--bind_ip"], "--port", say["--port"]]
command += ["--storage-path", say["--dbpath"], "--sync-on-commit"] + ["--auth"] * ("--auth" in sys.argv)
os.execv(command[0], command)
"""


def put_mongod(folder: Path, version):
    programs = folder / "programs"
    programs.mkdir(mode=0o700)
    program = programs / "mongod"
    program.write_text(MONGOD.format(python=sys.executable, version=version))
    program.chmod(0o700)
    return f"{programs}:/usr/bin:/bin"


def test_a_log_that_has_grown_is_cut_and_written_on(tmp_path):
    log = tmp_path / "valkey.log"
    with open(log, "ab", buffering=0) as writer:
        writer.write(b"x" * (process.LOG_LIMIT + 1))
        process.cut_logs(tmp_path)
        writer.write(b"next line\n")

    assert log.read_bytes() == b"next line\n"
    assert (tmp_path / "valkey.log.old").stat().st_size == process.LOG_LIMIT + 1

    process.cut_logs(tmp_path)
    assert log.read_bytes() == b"next line\n"


def test_the_keeper_cuts_the_logs_while_it_works(new_clinic):
    person = new_clinic.person("valkey")
    person.ask("redis('PING')")
    log = new_clinic.folder / "valkey.log"
    with open(log, "ab") as writer:
        writer.write(b"x" * (process.LOG_LIMIT + 1))

    assert eventually(lambda: log.stat().st_size < 1000, 30)
    assert person.ask("redis('SET', 'a', 'b')")


def test_a_mongod_on_the_path_is_preferred(new_clinic):
    path = put_mongod(new_clinic.folder, "8.0.17")
    person = new_clinic.person("mongo", PATH=path)

    assert person.ask("note(1)") == 1
    assert (new_clinic.folder / "mongod").is_dir()
    assert not (new_clinic.folder / "secantus").exists()


def test_a_mongod_that_is_too_old_is_not_used(new_clinic):
    path = put_mongod(new_clinic.folder, "4.4.1")
    person = new_clinic.person("mongo", PATH=path)

    assert person.ask("note(1)") == 1
    assert (new_clinic.folder / "secantus").is_dir()


def test_data_stays_with_the_server_that_wrote_it(clinic):
    person = clinic.person("mongo")
    person.ask("note(1)")
    person.leave()
    clinic.server("keeper").terminate()
    assert eventually(lambda: not clinic.running(), 30)

    later = clinic.person("mongo", PATH=put_mongod(clinic.folder, "8.0.17"))

    assert later.ask("notes()") == [[1]]
