"""One set of servers for every process that works in a data folder, for as long as one of them lives."""

import shutil
import socket

import pytest

from core.stores import keeper
from tests.stores.conftest import EVERYTHING, eventually

TIDYING = keeper.GRACE + 15  # seconds after which nothing may run any more, on a busy machine too


def test_the_first_person_starts_all_three_and_can_use_them(new_clinic):
    person = new_clinic.person()

    assert person.ask("note(1)") == 1
    assert person.ask("notes()") == [[1], [1], [1]]
    assert set(new_clinic.running()) == EVERYTHING


def test_they_start_while_whoever_needs_them_does_other_things(clinic):
    person = clinic.person()

    assert person.ask("stores.begin()") is None

    assert eventually(lambda: set(clinic.running()) == EVERYTHING, seconds=60)
    assert person.ask("note(1)") == 1


def test_everybody_gets_the_same_addresses_and_sees_the_same_data(lasting_clinic, person):
    second = lasting_clinic.person()
    addresses = person.ask("addresses()")
    person.ask("note(1)")

    assert second.ask("addresses()") == addresses
    assert second.ask("notes()") == [[1], [1], [1]]


def test_eight_who_start_at_once_share_one_keeper(new_clinic):
    people = [new_clinic.person() for _ in range(8)]
    assert [person.ask("1") for person in people] == [1] * 8  # all are awake
    for person in people:
        person.say("addresses()")
    answers = [person.hear() for person in people]

    assert answers == [answers[0]] * 8
    assert {kind for kind, found in new_clinic.running().items() if len(found) > 1} <= {"backend"}


def test_the_servers_stop_when_the_last_person_has_left(lasting_clinic, person):
    second = lasting_clinic.person()
    person.ask("addresses()")
    second.ask("addresses()")

    person.leave()
    assert not eventually(lambda: set(lasting_clinic.running()) != EVERYTHING, keeper.GRACE + 2)
    second.leave()
    assert eventually(lambda: not lasting_clinic.running(), TIDYING)
    assert not (lasting_clinic.folder / "keeper.sock").exists()


def test_a_person_who_is_killed_has_left(new_clinic):
    person = new_clinic.person("valkey")
    person.ask("addresses()")

    person.kill()

    assert eventually(lambda: not new_clinic.running(), TIDYING)


def test_what_was_written_is_there_when_the_servers_start_again(lasting_clinic, person):
    person.ask("note(1)")
    addresses = person.ask("addresses()")
    person.leave()
    assert eventually(lambda: not lasting_clinic.running(), TIDYING)

    later = lasting_clinic.person()

    assert later.ask("addresses()") == addresses
    assert later.ask("notes()") == [[1], [1], [1]]


def test_who_comes_while_the_servers_stop_gets_fresh_ones(lasting_clinic, person):
    for number in range(3):
        assert person.ask(f"note({number})") == number
        keeper_process = lasting_clinic.server("keeper")
        person.leave()
        keeper_process.terminate()  # the grace is over
        person = lasting_clinic.person()
    assert person.ask("notes()") == [[0, 1, 2]] * 3


def test_a_forked_child_is_a_person_of_its_own(lasting_clinic, person):
    addresses = person.ask("addresses()")

    assert person.ask("child_addresses()") == addresses
    assert person.ask("note(1)") == 1  # and takes nothing away from its parent
    assert len(lasting_clinic.running()["keeper"]) == 1


@pytest.mark.parametrize("nonsense", [b"\n", b"{}\n", b'{"needs": 7}\n', b"\xff\xfe\n", b'"needs"\n'])
def test_nonsense_at_the_keepers_door_disturbs_nobody(lasting_clinic, person, nonsense):
    person.ask("addresses()")
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(lasting_clinic.folder / "keeper.sock"))
        stranger.sendall(nonsense)
        stranger.settimeout(10)

        assert stranger.recv(10) == b""
    assert person.ask("sql('select 1')") == [[1]]


def test_only_the_servers_that_somebody_needs_are_started(new_clinic):
    elsewhere = "postgresql://somebody@db.invalid/qure"
    person = new_clinic.person(DATABASE_URL=elsewhere, MONGO_URL="mongodb://db.invalid")
    person.ask("redis('SET', 'a', 'b')")

    assert set(new_clinic.running()) == {"keeper", "valkey"}
    assert person.ask("addresses()")["database_url"] == "postgresql+psycopg://somebody@db.invalid/qure"

    new_clinic.person(REDIS_URL="redis://db.invalid", MONGO_URL="mongodb://db.invalid").ask("sql('select 1')")

    assert set(new_clinic.running()) == {"keeper", "valkey", "postgres", "backend"}
    assert not (new_clinic.folder / "secantus").exists()


def test_who_has_an_address_for_each_store_starts_nothing(new_clinic):
    person = new_clinic.person(
        DATABASE_URL="postgres://u@h/d", REDIS_URL="redis://h:6379/0", MONGO_URL="mongodb://h:27017/qure"
    )

    assert person.ask("addresses()") == {
        "database_url": "postgresql+psycopg://u@h/d",
        "redis_url": "redis://h:6379/0",
        "mongo_url": "mongodb://h:27017/qure",
    }
    assert new_clinic.running() == {}
    assert list(new_clinic.folder.iterdir()) == []


def test_who_lets_go_has_left_and_may_come_back(new_clinic):
    person = new_clinic.person("valkey")
    addresses = person.ask("addresses()")

    person.ask("stores.release()")

    assert eventually(lambda: not new_clinic.running(), TIDYING)
    assert person.ask("addresses()") == addresses


def test_servers_outlive_the_person_who_happened_to_start_them(clinic):
    starter = clinic.person()
    starter.ask("note(1)")
    other = clinic.person()
    other.ask("notes()")
    before = clinic.server("postgres").pid

    starter.kill()

    assert not eventually(lambda: set(clinic.running()) != EVERYTHING, keeper.GRACE + 2)
    assert other.ask("notes()") == [[1], [1], [1]]
    assert clinic.server("postgres").pid == before


def test_a_removed_data_folder_ends_its_servers(clinic):
    person = clinic.person()
    person.ask("addresses()")
    person.leave()
    shutil.rmtree(clinic.folder)

    assert eventually(lambda: not clinic.running(), TIDYING)
