"""A clinic's disk is full: what cannot be kept is refused in words, and all is well again once there is room.

PostgreSQL has one disk, the rest has another. Each is a tmpfs, which only root may mount: elsewhere these tests are
left out.
"""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import prepared
from tests.stores.conftest import Clinic, eventually

BACK = 30  # seconds until all works again; on an idle machine at most ten
DISK_FULL = "The disk of the database is full. Make room on it, then try again."


@contextmanager
def disk(folder):
    mount = ["mount", "-t", "tmpfs", "-o", "size=200m,mode=700", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of one's own needs root")
    yield
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def clinic():
    with tempfile.TemporaryDirectory(prefix="qure-") as folder, disk(folder):
        (postgres := Path(folder, "postgres")).mkdir()
        with disk(postgres):
            clinic = Clinic(Path(folder))
            prepared.lay_servers(clinic.folder)
            yield clinic
            clinic.close()


@pytest.fixture(scope="module")
def desk(clinic):
    person = clinic.person()
    ask(person, "opened()")
    assert ask(person, "walked_in('First')") == 1  # the clinic's own key is made with the first form
    return person


def ask(person, call):
    return person.ask(f"__import__('tests.faults.full_disk', fromlist=['full_disk']).{call}")


@contextmanager
def no_room(folder):
    filler = folder / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            for size in (1 << 20, 512):
                with pytest.raises(OSError, match="No space left"):
                    while True:
                        file.write(b"\0" * size)
        yield
    finally:
        filler.unlink()


def until_refused(desk, word):
    """Sends form after form. Those that were answered, with their numbers, and the refusal."""
    answered = {}
    for number in range(500):
        answer = ask(desk, f"walked_in('{word} {number}')")
        if isinstance(answer, str):
            return answered, f"{word} {number}", answer
        answered[f"{word} {number}"] = answer
    raise AssertionError("it was never full")


def holds(desk, before, answered):
    """Nothing partial is kept, everybody who was answered is there once, and sending again answers the same."""
    assert ask(desk, "partial_rows()") == 0
    people, numbers, _ = ask(desk, "kept()")
    assert people == sorted([*before[0], *(f"Person {key}" for key in answered)])
    assert numbers == list(range(1, len(people) + 1))
    assert {key: ask(desk, f"walked_in('{key}')") for key in answered} == answered


def test_the_desk_hears_that_the_disk_is_full_and_works_on_when_there_is_room(clinic, desk):
    before = ask(desk, "kept()")
    with no_room(clinic.folder / "postgres"):
        answered, refused, sentence = until_refused(desk, "Full")
        assert sentence == DISK_FULL
        holds(desk, before, answered)
    answered[refused] = ask(desk, f"walked_in('{refused}')")
    assert isinstance(answered[refused], int)
    holds(desk, before, answered)


def test_a_database_that_ends_for_want_of_room_comes_back_with_what_was_answered(clinic, desk):
    """No room for its log of changes is a panic: it ends, and cannot recover before there is room."""
    before = ask(desk, "kept()")
    answered = {"Before": ask(desk, "walked_in('Before')")}
    with no_room(clinic.folder / "postgres"):
        for _ in range(2):
            desk.ask("attempt(lambda: sql(\"select pg_logical_emit_message(true, '', ''), pg_switch_wal()\") and 1)")
        sentence = str(ask(desk, "walked_in('Ended')"))
        assert "cannot be reached" in sentence or "does not start" in sentence
    assert eventually(lambda: isinstance(ask(desk, "walked_in('Ended')"), int), BACK)
    answered["Ended"] = ask(desk, "walked_in('Ended')")
    holds(desk, before, answered)


def test_the_desk_works_on_while_redis_has_no_room_and_the_board_is_mended(clinic, desk):
    assert ask(desk, "board_mended()")
    with no_room(clinic.folder):
        assert eventually(lambda: "MISCONF" in str(desk.ask("attempt(lambda: redis('SET', 'x', 'x' * 5000))")), 10)
        before = ask(desk, "kept()")
        answered = {"Unseen": ask(desk, "walked_in('Unseen')")}
        assert isinstance(answered["Unseen"], int), answered
        assert not ask(desk, "board_mended()")
    assert eventually(lambda: ask(desk, "board_mended()"), BACK)
    holds(desk, before, answered)


def test_the_desk_works_on_while_mongo_has_no_room_and_reports_catch_up(clinic, desk):
    """What has no room may be its log of changes: then it ends, as PostgreSQL does."""
    assert ask(desk, "relayed()") > 0
    with no_room(clinic.folder):
        fill = "attempt(lambda: mongo('insert_one', {'x': os.urandom(500_000)}))"
        assert eventually(lambda: desk.ask(fill), 20)
        before = ask(desk, "kept()")
        answered = {"Unreported": ask(desk, "walked_in('Unreported')")}
        assert isinstance(answered["Unreported"], int), answered
        sentence = str(ask(desk, "relayed()"))
        assert "out of order: its disk may be full" in sentence or "cannot be reached" in sentence
    assert eventually(lambda: isinstance(ask(desk, "relayed()"), int), BACK)
    assert ask(desk, "verified()") == []
    assert ask(desk, "kept()")[2] == 0, "set aside, although nothing was wrong with it"
    holds(desk, before, answered)
