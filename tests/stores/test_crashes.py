"""Whatever is killed comes back by itself, at the same addresses, and nothing that was acknowledged is lost."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress

import psutil
import pytest

from tests.stores.conftest import EVERYTHING, eventually

BACK = 30  # seconds within which everything answers again; on an idle machine it is about one


def works(person):
    """Whether a person can write and read in all three stores again."""
    number = time.monotonic_ns() // 1_000_000 % 1_000_000_000
    return person.ask(f"attempt(lambda: note({number}))") == number


@pytest.mark.parametrize("kind", ["postgres", "valkey", "mongo"])
def test_a_killed_server_comes_back_with_everything_that_was_acknowledged(lasting_clinic, person, kind):
    addresses = person.ask("addresses()")
    numbers = list(range(40))
    assert person.ask("[note(n) for n in range(40)]") == numbers
    if kind == "valkey":
        time.sleep(2.5)  # what it may lose when the disk is slow; see valkey.py

    lasting_clinic.server(kind).kill()

    assert eventually(lambda: person.ask("attempt(notes)") == [numbers] * 3, BACK)
    assert works(person)
    assert person.ask("addresses()") == addresses


def test_what_the_mongo_server_did_last_is_done_after_a_kill_too(lasting_clinic, person):
    """Not only documents, which are written with {j: true}: indexes, and collections made by a pipeline."""
    person.ask("note(1)")
    person.ask("mongo('create_index', 'text')")
    person.ask("mongo('aggregate', [{'$out': 'copies'}])")

    lasting_clinic.server("mongo").kill()

    assert eventually(lambda: "text_1" in person.ask("attempt(lambda: mongo('index_information'))"), BACK)
    assert person.ask("mongo('aggregate', [{'$unionWith': 'copies'}])") == [{"_id": 1}] * 2


def test_a_server_that_is_killed_again_and_again_keeps_coming_back(lasting_clinic, person):
    person.ask("addresses()")
    for _ in range(3):
        lasting_clinic.server("valkey").kill()
        assert eventually(lambda: person.ask("attempt(lambda: redis('PING'))") in (True, "PONG"), BACK)


def test_a_killed_postgres_comes_back_although_a_long_query_was_running(lasting_clinic, person):
    """Its backend outlives the postmaster, and would keep a new one out until the query is done."""
    busy = lasting_clinic.person()
    person.ask("note(1)")
    busy.say("attempt(lambda: sql('select count(*) from generate_series(1, 1000000000000)'))")
    query = "sql(\"select count(*) from pg_stat_activity where query like '%%1000000000000%%' and state = 'active'\")"
    assert eventually(lambda: person.ask(query)[0][0] >= 2, BACK)

    lasting_clinic.server("postgres").kill()

    assert eventually(lambda: person.ask("attempt(notes)") == [[1]] * 3, BACK)


def test_people_bring_back_a_killed_keeper_and_find_everything_at_the_same_addresses(lasting_clinic, person):
    others = [lasting_clinic.person() for _ in range(2)]
    addresses = person.ask("addresses()")
    person.ask("note(1)")
    time.sleep(2.5)  # what Valkey may lose
    for other in others:
        assert other.ask("notes()") == [[1]] * 3
    keeper = lasting_clinic.server("keeper")
    servers = [process for kind, found in lasting_clinic.running().items() if kind != "keeper" for process in found]

    keeper.kill()
    _, orphans = psutil.wait_procs(servers, timeout=10)

    assert orphans == []
    for each in (person, *others):
        assert eventually(lambda each=each: each.ask("attempt(notes)") == [[1]] * 3, BACK)
        assert each.ask("addresses()") == addresses
    assert set(lasting_clinic.running()) == EVERYTHING
    assert lasting_clinic.server("keeper").pid != keeper.pid


def test_nothing_is_left_when_the_keeper_and_its_people_are_killed_together(lasting_clinic, person):
    person.ask("addresses()")

    person.process.kill()
    lasting_clinic.server("keeper").kill()

    assert eventually(lambda: not lasting_clinic.running(), 15)


def test_a_keeper_that_is_killed_while_it_starts_leaves_a_folder_that_starts(new_clinic):
    for delay in (0.1, 0.3, 0.6, 0.9):
        person = new_clinic.person()
        person.say("addresses()")
        assert eventually(lambda: "keeper" in new_clinic.running(), BACK)
        time.sleep(delay)
        for keeper in new_clinic.running()["keeper"]:  # two, while it splits off from the one that starts it and ends
            with suppress(psutil.NoSuchProcess):
                keeper.kill()
        person.kill()
        assert eventually(lambda: not new_clinic.running(), 15)

    assert works(new_clinic.person())


def test_a_server_that_a_killed_keeper_left_behind_is_cleared_away(lasting_clinic, person):
    """On Linux the kernel sees to that; elsewhere the next keeper. Here another server is put in its place."""
    person.ask("note(1)")
    program, place = lasting_clinic.server("valkey").exe(), lasting_clinic.server("valkey").cwd()
    person.kill()
    lasting_clinic.server("keeper").kill()
    assert eventually(lambda: not lasting_clinic.running(), 15)
    command = [program, "--port", "0", "--unixsocket", "valkey.sock", "--dir", ".", "--appendonly", "yes"]
    left = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL)
    assert eventually(lambda: set(lasting_clinic.running()) == {"valkey"}, 15)

    later = lasting_clinic.person()

    assert later.ask("notes()") == [[1]] * 3
    assert left.wait(5) == -signal.SIGKILL


def test_a_port_that_was_taken_meanwhile_is_given_up_and_the_people_are_told(lasting_clinic, person):
    before = person.ask("addresses()")
    person.ask("note(1)")
    port = json.loads((lasting_clinic.folder / "mongo.json").read_text())["port"]
    keeper = lasting_clinic.server("keeper")

    keeper.suspend()  # so that we are faster
    lasting_clinic.server("mongo").kill()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        assert eventually(lambda: _bound(taken, port), 10)
        taken.listen()
        keeper.resume()

        assert eventually(lambda: person.ask("addresses()") != before, BACK)
        assert person.ask("notes()") == [[1]] * 3
        after = person.ask("addresses()")
    assert after == {**before, "mongo_url": after["mongo_url"]}
    assert f":{port}/" not in after["mongo_url"]


def _bound(taken, port):
    try:
        taken.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_process_that_happens_to_have_the_number_of_a_killed_postgres_is_no_obstacle(lasting_clinic, person):
    person.ask("note(1)")
    postmaster = lasting_clinic.server("postgres")
    account = postmaster.username()
    keeper, old = lasting_clinic.server("keeper"), str(postmaster.pid)
    keeper.suspend()
    postmaster.kill()
    like = {"user": account, "group": account, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "300"], cwd="/", **like) as other:
        for left in ("data/postmaster.pid", "run/.s.PGSQL.5432.lock"):
            file = lasting_clinic.folder / "postgres" / left
            file.write_text(file.read_text().replace(old, str(other.pid), 1))
        keeper.resume()

        assert eventually(lambda: person.ask("attempt(notes)") == [[1]] * 3, BACK)
        assert other.poll() is None
        other.kill()


def test_postgres_is_waited_for_however_long_it_recovers(lasting_clinic, person):
    """Its slow start is a suspended process: it neither answers nor ends."""
    person.ask("note(1)")
    keeper = lasting_clinic.server("keeper")
    keeper.suspend()
    lasting_clinic.server("postgres").kill()
    assert eventually(lambda: "postgres" not in lasting_clinic.running(), BACK)
    keeper.resume()
    assert eventually(lambda: "postgres" in lasting_clinic.running(), BACK)
    slow = lasting_clinic.server("postgres")
    slow.suspend()
    release = threading.Timer(11, slow.resume)
    release.start()

    newcomer = lasting_clinic.person()

    assert newcomer.ask("notes()") == [[1]] * 3
    release.join()


def test_a_cluster_that_was_only_half_made_is_made_again(new_clinic):
    half = new_clinic.folder / "postgres" / "new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert new_clinic.person("postgres").ask("sql('select 1')") == [[1]]


def test_a_damaged_file_of_the_queue_is_put_aside(clinic):
    person = clinic.person("postgres", "valkey")
    person.ask("note(1)")
    person.ask("[redis('SET', f'key{n}', 'x' * 500) for n in range(200)] and 1")
    person.leave()
    clinic.server("keeper").terminate()
    assert eventually(lambda: not clinic.running(), 30)
    (file,) = (clinic.folder / "valkey" / "appendonlydir").glob("*.incr.aof")
    content = bytearray(file.read_bytes())
    content[20_000:20_400] = b"\xff" * 400
    file.write_bytes(content)

    later = clinic.person("postgres", "valkey")

    assert later.ask("redis('DBSIZE')") == 0
    assert later.ask("sql('select number from notes')") == [[1]]
    assert len(list(clinic.folder.glob("valkey.damaged-*"))) == 1
