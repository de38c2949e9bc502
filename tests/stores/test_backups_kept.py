"""Whatever is killed or full while a backup is taken, no file is named that is not whole, and yesterday's stays.

A child of the tests' own stores takes the backups that are broken off. QURE_DRILL=0 leaves out the drill, 10 s.
"""

import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, backup, clock, db
from core.backup import keeping, reading, restoring, taking
from core.config import settings
from core.errors import StoreUnavailable
from core.models import AuditEvent, Clinic
from tests.stores.conftest import Person, eventually
from tests.stores.test_backups import PASSPHRASE, lived  # noqa: F401

pytestmark = pytest.mark.usefixtures("lived")
SLOWLY = "__import__('core.backup', fromlist=['take']).take(Path({!r}), tell=lambda size: __import__('time').sleep(60))"


@pytest.fixture
def person():
    """A process of its own on the same stores."""
    person = Person(settings().data_dir)
    yield person
    person.kill()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of nightly backups. Settings are read once in a process, so that they are changed in place."""
    monkeypatch.setitem(settings().__dict__, "backup_dir", tmp_path)
    monkeypatch.setitem(settings().__dict__, "backups_kept", 3)
    return tmp_path


def of(folder, *stamps):
    for stamp in stamps:
        (folder / f"qure-{stamp}.qure").write_bytes(b"as if it were one")


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name not in (taking.LOCK, ".qure-backups.json"))


def test_a_backup_that_is_killed_leaves_yesterdays_and_the_next_one_clears_up(tmp_path, person):
    target = tmp_path / "clinic.qure"
    yesterday = backup.take(target)
    before, made_at = target.read_bytes(), target.stat().st_mtime_ns
    person.say(SLOWLY.format(str(target)))
    assert eventually(lambda: any(name.endswith(".part") for name in files(tmp_path)), 30)
    with pytest.raises(taking.AnotherAtWork, match="Another backup is being written"):
        backup.take(target)

    person.kill()

    assert target.read_bytes() == before
    (left,) = [name for name in files(tmp_path) if name.endswith(".part")]
    assert (tmp_path / left).stat().st_size < yesterday.size
    with pytest.raises(reading.Damaged), reading.opened(tmp_path / left, None):
        pass
    backup.take(target)
    assert files(tmp_path) == ["clinic.qure"]
    assert target.stat().st_mtime_ns > made_at


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_full_disk_is_a_sentence_and_leaves_yesterdays_alone(tmp_path, person, passphrase):
    """No file of this process may be larger: to who writes, that is a full disk."""
    target = tmp_path / "clinic.qure"
    size = backup.take(target).size
    before = target.read_bytes()

    answer = person.ask(f"attempt(lambda: take({str(target)!r}, {passphrase!r}, {size // 2}))")

    assert answer.startswith(f"NoRoom: There is no room left for a backup in {tmp_path}. Nothing was left there")
    assert files(tmp_path) == ["clinic.qure"]
    assert target.read_bytes() == before


def test_a_backup_is_for_its_owner_alone_and_takes_no_other_files_place(tmp_path):
    taken = backup.take(tmp_path / "clinic.qure")
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o600
    letter, link = tmp_path / "letter.txt", tmp_path / "link.qure"
    letter.write_text("Dear colleague")
    link.symlink_to(letter)

    for path in (letter, link):
        with pytest.raises(taking.SomethingElse, match="is no backup of Qure"):
            backup.take(path)
    with pytest.raises(taking.CannotWrite, match="No such file"):
        backup.take(tmp_path / "nowhere" / "clinic.qure")
    with pytest.raises(taking.WeakPassphrase):
        backup.take(tmp_path / "weak.qure", "short")

    assert letter.read_text() == "Dear colleague"
    assert files(tmp_path) == ["clinic.qure", "letter.txt", "link.qure"]


def test_only_old_nightly_ones_go(kept):
    nights = [f"202502{day:02}T203000Z" for day in range(1, 6)]
    of(kept, *nights, "20250101T203000Z-before-0009", "of-the-old-computer")
    (kept / "qure-20240101T000000Z.qure").symlink_to(kept / "of-the-old-computer.qure")

    taken = backup.nightly()

    assert taken.path.name == "qure-20250301T043000Z.qure"
    assert files(kept) == [
        "qure-20240101T000000Z.qure",
        "qure-20250101T203000Z-before-0009.qure",
        *(f"qure-{stamp}.qure" for stamp in (*nights[-2:], "20250301T043000Z")),
        "qure-of-the-old-computer.qure",
    ]


def test_it_is_due_once_a_night_after_two_or_when_the_morning_finds_none(kept, frozen_clock):
    """Two o'clock in Kolkata is 20:30 UTC of the day before."""
    assert backup.is_due()
    of(kept, "20250228T202900Z")
    assert backup.is_due()  # the newest is from a minute before two
    of(kept, "20250228T203100Z")
    assert not backup.is_due()
    frozen_clock(day=2, hour=1, minute=59)
    assert not backup.is_due()
    frozen_clock(day=2, hour=2, minute=0)
    assert backup.is_due()


def test_it_is_due_in_the_night_that_leaves_out_two_oclock(monkeypatch):
    from zoneinfo import ZoneInfo

    monkeypatch.setattr(clock, "_zone", ZoneInfo("Europe/Berlin"))

    spring, autumn = datetime(2025, 3, 30, 12, tzinfo=UTC), datetime(2025, 10, 26, 12, tzinfo=UTC)

    assert keeping.last_night(spring).isoformat() == "2025-03-30T01:00:00+00:00"  # the clock goes from 2 to 3
    assert keeping.last_night(autumn).isoformat() == "2025-10-26T00:00:00+00:00"  # the first of two


def test_a_failure_is_told_until_one_succeeds_and_an_old_one_is_warned_of(kept, frozen_clock, monkeypatch):
    assert backup.overview().problem is None
    monkeypatch.setitem(settings().__dict__, "backup_passphrase", "short")
    with pytest.raises(taking.WeakPassphrase):
        backup.nightly()
    assert "The last backup failed: The passphrase of backups needs" in backup.overview().problem
    assert not backup.is_due()
    frozen_clock(hour=11)
    assert backup.is_due()
    monkeypatch.setitem(settings().__dict__, "backup_passphrase", None)
    backup.nightly()
    assert backup.overview().problem is None
    frozen_clock(day=3, hour=12)
    assert backup.overview().problem == "The last backup is 2 days old. `qure backup --nightly` takes one."


def test_a_clinic_that_never_had_a_nightly_one_is_warned_after_two_days(kept, monkeypatch):
    with db.reading() as session:
        set_up_at = session.get_one(Clinic, 1).created_at
    monkeypatch.setattr(clock, "now", lambda: set_up_at + timedelta(days=2))
    assert backup.overview().problem is None

    monkeypatch.setattr(clock, "now", lambda: set_up_at + timedelta(days=2, minutes=1))
    assert backup.overview().problem.startswith("No nightly backup was ever taken here.")

    with db.transaction() as session:
        audit.record(session, None, audit.UPDATE, restoring.RESTORED, session.get_one(Clinic, 1))
    assert backup.overview().problem is None


def test_only_what_has_the_name_of_an_unfinished_backup_is_cleared_away(tmp_path):
    ours = tmp_path / ".clinic.qure.0123abcd.part"
    others = [tmp_path / name for name in (".video.mp4.download.part", "clinic.qure.0123abcd.part", ".a.0123ABCD.part")]
    for path in (ours, *others):
        path.write_bytes(b"half")
    (tmp_path / ".folder.0123abcd.part").mkdir()

    backup.take(tmp_path / "clinic.qure")

    assert files(tmp_path) == sorted([*(path.name for path in others), ".folder.0123abcd.part", "clinic.qure"])


@pytest.mark.skipif(os.environ.get("QURE_DRILL") == "0", reason="ten seconds")
def test_after_a_killed_backup_the_next_ones_drill_passes_and_is_told(kept, person):
    """Restored into stores of its own beside the clinic, proved there, and nothing of that is left."""
    person.say(SLOWLY.format(str(kept / "qure-20250228T203000Z.qure")))
    assert eventually(lambda: any(name.endswith(".part") for name in files(kept)), 30)
    person.kill()
    taken = backup.nightly()

    passed = backup.drill(taken.path)

    assert backup.overview().drill == passed
    assert passed.file == taken.path.name
    assert not (settings().data_dir / "drill").exists()
    changed = bytearray(taken.path.read_bytes())
    changed[len(changed) // 2] ^= 1
    taken.path.write_bytes(changed)
    with pytest.raises(backup.DrillFailed, match=re.escape("The drill failed: the backup could not be restored.")):
        backup.drill(taken.path)
    assert backup.overview().drill == passed


def test_the_app_takes_one_in_a_process_of_its_own_and_the_trail_tells(tmp_path, monkeypatch):
    monkeypatch.setenv("QURE_BACKUP_DIR", str(tmp_path))
    taken = backup.take_apart()

    with db.transaction() as session:
        backup.note_own(session, taken)
        event = session.scalar(select(AuditEvent).where(AuditEvent.event == "clinic.backed_up"))
        assert event.changes == {"file": [None, taken.path.name], "encrypted": [None, False]}
        session.rollback()
    assert [Path(name) for name in files(tmp_path)] == [Path(taken.path.name)]
    (tmp_path / taken.path.name).unlink()
    monkeypatch.setenv("QURE_BACKUP_PASSPHRASE", "short")
    with pytest.raises(backup.BackupFailed, match="The passphrase of backups needs at least 12 characters"):
        backup.take_apart()


def test_a_folder_of_backups_that_cannot_be_used_is_named_with_its_setting(kept, monkeypatch):
    (kept / "file").write_text("")
    monkeypatch.setitem(settings().__dict__, "backup_dir", kept / "file" / "backups")

    with pytest.raises(StoreUnavailable, match=r"The folder of backups .* cannot be used .* set QURE_BACKUP_DIR"):
        backup.nightly()


def test_a_link_in_place_of_the_lock_empties_no_file(tmp_path):
    """In a folder where others may write, too, somebody may have laid it there."""
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague")
    (tmp_path / taking.LOCK).symlink_to(letter)

    with pytest.raises(taking.CannotWrite):
        backup.take(tmp_path / "clinic.qure")

    assert letter.read_text() == "Dear colleague"


def test_a_clock_that_was_ahead_for_a_while_neither_stops_the_nightly_ones_nor_costs_any(kept, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
    of(kept, "20310101T020000Z", "20310102T020000Z", "20310103T020000Z", "20260301T020000Z")

    assert keeping.is_due()
    assert "days old" in keeping.overview().problem
    assert keeping.newest().taken_at.year == 2026
    assert keeping.prune(kept, 1) == []

    keeping._note(kept, failed=keeping.Failure(datetime(2031, 1, 1, tzinfo=UTC), "The disk was full."))
    assert keeping.is_due()
