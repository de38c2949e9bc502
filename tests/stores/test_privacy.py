"""The stores are reachable by the account that started them and by nobody else."""

import json
import os
import subprocess
import sys

import psutil
import pymongo
import pytest
from pymongo.errors import OperationFailure, PyMongoError

from core.stores import mongo, process
from tests.stores.conftest import eventually, opened
from tests.stores.test_data_folder import mode

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
NOBODY = 65534


@pytest.fixture(scope="module")
def lasting_clinic():
    """With servers that are made in it: their logs tell of that, too."""
    with opened() as clinic:
        yield clinic


@pytest.fixture(scope="module")
def person(lasting_clinic):
    person = lasting_clinic.person(PGPORT="1", PGDATA="/nowhere", SECANTUS_TEST_FAST_STORAGE="1")
    person.ask("note(1)")
    return person


@pytest.fixture(scope="module")
def clinic_folder(lasting_clinic, person):
    return lasting_clinic.folder


@pytest.fixture
def stranger(person):
    """Somebody on this machine who knows the port of the Mongo server but not the password."""
    host = person.ask("addresses()")["mongo_url"].partition("@")[2].partition("/")[0]
    with pymongo.MongoClient(f"mongodb://{host}", directConnection=True, timeoutMS=5000) as client:
        yield client


@pytest.mark.parametrize(
    "command",
    [
        {"find": "notes"},
        {"insert": "notes", "documents": [{"a": 1}]},
        {"update": "notes", "updates": [{"q": {}, "u": {"$set": {"a": 1}}}]},
        {"delete": "notes", "deletes": [{"q": {}, "limit": 0}]},
        {"aggregate": "notes", "pipeline": [{"$out": "others"}], "cursor": {}},
        {"count": "notes"},
        {"distinct": "notes", "key": "_id"},
        {"findAndModify": "notes", "query": {}, "remove": True},
        {"drop": "notes"},
        {"dropDatabase": 1},
        {"listCollections": 1},
        {"createIndexes": "notes", "indexes": [{"key": {"a": 1}, "name": "a"}]},
        {"createUser": "stranger", "pwd": "x", "roles": ["root"]},
        {"getMore": 1, "collection": "notes"},
        {"collStats": "notes"},
        {"currentOp": 1},
        {"getLog": "global"},
    ],
    ids=lambda command: next(iter(command)),
)
@pytest.mark.parametrize("database", ["qure", "admin"])
def test_without_the_password_the_mongo_server_does_nothing(stranger, database, command):
    with pytest.raises(OperationFailure) as refusal:
        stranger[database].command(command)
    assert refusal.value.code in (13, 73)  # Unauthorized, or the database does not take this command at all


@pytest.mark.parametrize("password", ["", "x", "qure"])
def test_a_wrong_password_is_refused(person, password):
    url = person.ask("addresses()")["mongo_url"]
    right = url.partition("qure:")[2].partition("@")[0]
    with (
        pymongo.MongoClient(url.replace(right, password or "%20"), timeoutMS=5000) as client,
        pytest.raises(OperationFailure),
    ):
        client.qure.notes.find_one()


def test_who_comes_in_while_the_mongo_server_is_made_is_thrown_out(tmp_path, monkeypatch):
    """It stands open before it knows our user. Here a stranger uses just that moment."""
    monkeypatch.chdir(tmp_path)
    made, really = [], process.kill

    def kill(server):
        if not made:
            login = json.loads((tmp_path / "mongo.json").read_text())
            with pymongo.MongoClient("127.0.0.1", login["port"], directConnection=True, timeoutMS=5000) as client:
                made.append(client.admin.command("createUser", "stranger", pwd="x", roles=["root"]))
        really(server)

    monkeypatch.setattr(process, "kill", kill)
    with pytest.raises(process.Failed, match="another program"):
        finish(mongo.start(tmp_path))
    running = finish(mongo.start(tmp_path))
    try:
        url = running.address
        port = pymongo.uri_parser.parse_uri(url)["nodelist"][0][1]
        with pymongo.MongoClient(url, timeoutMS=5000) as client:
            assert client.admin["system.users"].distinct("_id") == ["admin.qure"]
        with (
            pymongo.MongoClient("127.0.0.1", port, username="stranger", password="x", timeoutMS=5000) as client,
            pytest.raises(PyMongoError),
        ):
            client.qure.notes.find_one()
    finally:
        really(running.process)


def finish(starting):
    """Drive a start to its end, as the keeper does."""
    while True:
        try:
            next(starting)
        except StopIteration as done:
            return done.value


def test_only_the_mongo_server_has_a_port_and_only_for_this_machine(lasting_clinic, person):
    listening = {
        (kind, connection.laddr.ip)
        for kind, found in lasting_clinic.running().items()
        for each in found
        for connection in each.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {("mongo", "127.0.0.1")}


def test_no_password_stands_in_a_command_line_an_environment_or_a_log(lasting_clinic, person):
    password = json.loads((lasting_clinic.folder / "mongo.json").read_text())["password"]
    found = [each for processes in lasting_clinic.running().values() for each in processes]

    assert password not in str([(each.cmdline(), each.environ()) for each in found])
    assert all(password not in log.read_text(errors="replace") for log in lasting_clinic.folder.glob("*.log"))


def test_what_people_enter_does_not_get_into_the_logs(lasting_clinic, person):
    person.ask("sql('create table if not exists patients (phone text unique, age int)')")
    for statement in (
        "insert into patients values ('Canary-1')",
        "insert into patients values ('Canary-1')",
        "insert into patients (age) values ('Canary-2')",
        "select 'Canary-3' from nowhere",
        "select pg_terminate_backend(pg_backend_pid()), 'Canary-4'",
    ):
        person.ask(f'attempt(lambda: sql("{statement}"))')
    for command in ("'SET', 'Canary-5'", "'Canary-6'"):
        person.ask(f"attempt(lambda: redis({command}))")
    for _ in range(2):
        person.ask("attempt(lambda: mongo('insert_one', {'_id': 'Canary-7'}))")
    person.ask("attempt(lambda: mongo('aggregate', [{'$Canary-8': 1}]))")

    assert [
        log.name for log in lasting_clinic.folder.glob("*.log") if "Canary" in log.read_text(errors="replace")
    ] == []


def test_everything_in_the_data_folder_is_closed_to_others(clinic_folder, person):
    assert mode(clinic_folder) == 0o700
    files = [path for path in clinic_folder.iterdir() if not path.is_dir()]
    assert {path.name for path in files} >= {"mongo.json", "keeper.sock", "keeper.log", "postgres.log"}
    assert [path.name for path in files if mode(path) & 0o077] == []
    for path in ("postgres/data", "postgres/run", "valkey", "secantus"):
        assert mode(clinic_folder / path) == 0o700
    assert mode(clinic_folder / "postgres") == (0o710 if os.geteuid() == 0 else 0o700)
    assert (clinic_folder / "postgres").stat().st_uid == os.geteuid()
    for path in ("postgres/run/.s.PGSQL.5432", "valkey/valkey.sock"):
        assert mode(clinic_folder / path) == 0o700


@AS_ROOT
def test_another_account_reaches_none_of_the_sockets(clinic_folder):
    """Even if the folder were opened: PostgreSQL asks the kernel who is there, and Valkey's socket is its owner's."""
    program = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    for path in ("keeper.sock", "postgres/run/.s.PGSQL.5432", "valkey/valkey.sock"):
        tried = subprocess.run(
            ["/usr/bin/env", "python3", "-c", program, clinic_folder / path],
            user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", env={"PATH": "/usr/bin:/bin"},
            capture_output=True, text=True,
        )  # fmt: skip
        assert "PermissionError" in tried.stderr


def test_postgres_admits_the_one_account_as_any_role_of_the_database(person):
    assert person.ask("sql('create role clerk login')") is None
    who = "psycopg.connect(addresses()['database_url'].replace('+psycopg', '').replace('postgres@', 'clerk@'))"
    assert person.ask(f"__import__('psycopg') and 1 and (lambda psycopg: {who}.info.user)(__import__('psycopg'))") == (
        "clerk"
    )
    assert {tuple(row) for row in person.ask("sql('select type, auth_method from pg_hba_file_rules')")} == {
        ("local", "peer")
    }


def test_the_database_speaks_utf8_and_utc_and_keeps_its_promises(person):
    settings = (
        "server_encoding", "TimeZone", "log_timezone", "fsync", "full_page_writes", "synchronous_commit",
        "data_checksums", "listen_addresses",
    )  # fmt: skip
    found = [person.ask(f"sql('show {name}')")[0][0] for name in settings]

    assert found == ["UTF8", "UTC", "UTC", "on", "on", "on", "on", ""]
    locale = "sql('select datlocprovider, datlocale from pg_database where datname = current_database()')"
    assert person.ask(locale) == [["b", "C.UTF-8"]]
    assert person.ask("sql(\"select lower('ÄÖ') || upper('éß')\")") == [["äöÉß"]]
    assert person.ask("redis('CONFIG', 'GET', 'append*')")["appendonly"] == "yes"


def test_importing_loads_no_driver_and_starts_nothing(tmp_path):
    program = "import core.stores, sys; print(sorted({'pymongo', 'psycopg', 'redis', 'psutil'} & set(sys.modules)))"
    environment = {**os.environ, "QURE_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)

    assert done.stdout == "[]\n"
    assert not eventually(lambda: list(tmp_path.iterdir()), 0.2)
