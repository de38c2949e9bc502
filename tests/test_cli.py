"""The `qure` command, as somebody at the machine's keyboard sees it."""

import subprocess
import sys

import pytest
from passlib.totp import TOTP
from sqlalchemy import func, select
from typer.testing import CliRunner

from core import auth, clock, patients
from core.cli import app
from core.models import AuditEvent, Patient, User
from core.permissions import Role
from tests import factories
from tests.imports.files import csv_of

PASSWORD = "another good password"


def qure(*words, typed=None):
    return CliRunner().invoke(app, words, input=typed, catch_exceptions=False)


def patient_count(session):
    return session.scalar(select(func.count()).select_from(Patient))


def can_sign_in(session, username, password=PASSWORD):
    return isinstance(auth.sign_in(session, username, password, "127.0.0.1"), auth.SignedIn)


def test_help_names_the_commands():
    told = qure("--help")

    assert told.exit_code == 0
    for word in ("status", "set-up", "users", "import"):
        assert word in told.stdout


def test_help_is_there_without_waiting_for_the_database_library():
    loaded = "import sys, core.cli; print([m for m in ('sqlalchemy', 'pydantic', 'psycopg') if m in sys.modules])"

    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_set_up_makes_the_clinic_and_its_administrator_once(bare_session):
    words = (
        *("set-up", "--name", "Lotus Clinic", "--time-zone", "Asia/Kolkata", "--currency", "inr"),
        *("--username", "asha", "--full-name", "Asha Admin", "--password-stdin"),
    )
    made, again = qure(*words, typed=PASSWORD + "\n"), qure(*words, typed=PASSWORD + "\n")

    assert (made.exit_code, made.stdout) == (0, "Lotus Clinic is set up. Asha Admin can sign in as asha.\n")
    assert can_sign_in(bare_session, "asha")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "This clinic is already set up. Sign in instead.\n"


def test_everything_wrong_with_a_set_up_is_told_at_once(bare_session):
    told = qure(
        *("set-up", "--name", "Lotus", "--time-zone", "Mars/North", "--currency", "ABC"),
        *("--username", "asha", "--full-name", "Asha", "--password-stdin"),
        typed=PASSWORD,
    )

    assert told.exit_code == 1
    assert told.stderr == "Mars/North is not a known time zone. ABC is not a currency code such as INR, EUR or USD.\n"


@pytest.mark.parametrize("words", [("users", "list"), ("users", "disable", "asha"), ("import", "patients", __file__)])
def test_a_clinic_that_is_not_set_up_is_pointed_to_the_set_up(bare_session, words):
    told = qure(*words)

    assert told.exit_code == 1
    assert told.stderr == "This clinic has not been set up yet. Open Qure in a browser, or run `qure set-up`.\n"


def test_a_user_is_not_added_before_the_set_up_and_no_password_is_asked(bare_session):
    told = qure("users", "add", "ravi", "--name", "Ravi", "--role", "reception")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "run `qure set-up`" in told.stderr


def test_users_are_listed_with_their_roles(session):
    assert qure("users", "list").stdout == "asha  ADMIN       Asha Admin\n"


def test_a_user_is_added_by_the_first_administrator(session):
    told = qure("users", "add", "ravi", "--name", "Ravi", "--role", "reception", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert told.exit_code == 0
    assert PASSWORD not in told.output
    assert can_sign_in(session, "ravi")
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "user.added")).one()
    assert event.actor_name == "Asha Admin"


def test_a_doctor_is_added_with_a_fee(session):
    words = ("users", "add", "sen", "--name", "Dr Sen", "--role", "DOCTOR", "--password-stdin")

    without, wrong = qure(*words, typed=PASSWORD), qure(*words, "--fee", "much", typed=PASSWORD)
    added = qure(*words, "--fee", "500", "--room", "2", typed=PASSWORD)

    assert (without.exit_code, without.stderr) == (1, "A doctor needs a consultation fee.\n")
    assert wrong.exit_code == 2
    assert "much is not an amount" in wrong.stderr
    assert added.exit_code == 0


@pytest.mark.parametrize("options", [("--role", "DOCTOR", "--room", "2"), ("--role", "MANAGER", "--fee", "500")])
def test_a_fee_or_room_that_would_be_lost_is_refused(session, options):
    told = qure("users", "add", "sen", "--name", "Dr Sen", *options, "--password-stdin", typed=PASSWORD)

    assert told.exit_code == 2
    assert "nobody else has" in told.stderr
    assert not can_sign_in(session, "sen")


def test_a_refused_user_is_one_sentence_without_a_traceback(session):
    told = qure("users", "add", "ASHA", "--name", "Asha", "--role", "ADMIN", "--password-stdin", typed=PASSWORD)

    assert (told.exit_code, told.stdout, told.stderr) == (1, "", "The user name ASHA is taken. Choose another.\n")


def test_a_lost_password_is_set_anew(session):
    told = qure("users", "reset-password", "Asha", "--password-stdin", typed=PASSWORD)

    assert told.exit_code == 0
    assert can_sign_in(session, "asha")


def test_a_nightly_backup_takes_no_passphrase_of_its_own():
    told = qure("backup", "--nightly", "--passphrase-stdin", typed="seven herons by the lake")

    assert told.exit_code == 1
    assert told.stderr.startswith("A nightly backup takes the passphrase of QURE_BACKUP_PASSPHRASE.")


def test_a_user_is_disabled_but_not_the_last_administrator(session):
    factories.a_user(session, Role.RECEPTION, "Ravi")
    username = session.scalar(select(User.username).where(User.name == "Ravi"))

    assert qure("users", "disable", username).stdout == "Ravi cannot sign in any more.\n"
    assert "(disabled)" in qure("users", "list").stdout
    last = qure("users", "disable", "asha")
    assert (last.exit_code, last.stderr) == (1, "This is the only administrator left. Make another one first.\n")


def test_a_second_factor_that_was_lost_is_taken_away(session, admin):
    key = auth.new_secret()
    code = TOTP(key=key).generate(clock.now()).token
    auth.turn_on(session, admin, factories.PASSWORD, key, code, auth.new_recovery_codes(), "")

    assert not can_sign_in(session, "asha", factories.PASSWORD)
    assert qure("users", "remove-second-factor", "asha").stdout == "Asha Admin signs in with the password alone.\n"
    assert can_sign_in(session, "asha", factories.PASSWORD)
    assert qure("users", "remove-second-factor", "asha").stderr == "Asha Admin has no second factor.\n"


@pytest.mark.parametrize("command", ["disable", "reset-password", "remove-second-factor"])
def test_an_unknown_user_is_refused(session, command):
    told = qure("users", command, "nobody")

    assert (told.exit_code, told.stderr) == (1, "There is no user nobody.\n")


@pytest.fixture
def patients_file(tmp_path):
    file = tmp_path / "old patients.csv"
    file.write_bytes(
        csv_of(
            "old_id,name,dob,phone,ward",
            "1,Asha Rao,1990-09-03,+39,A",
            "2,Patient Null,,,A",
            "3,Ravi Sen,1980-01-01,+39,B",
        )
    )
    return str(file)


def test_an_import_tells_what_it_did(session, patients_file):
    told = qure("import", "patients", patients_file)

    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "old patients.csv: 3 rows",
        "added 2, already there 0, rejected 1",
        "Columns that were not used: ward.",
        "Rejected:",
        '  line 3, name "Patient Null": This is nobody\'s name but a placeholder.',
        "Notes, on rows that are fine otherwise:",
        "  phone left out: not a phone number (line 2, 4)",
    ]
    assert patient_count(session) == 2
    assert "added 0, already there 2, rejected 1" in qure("import", "patients", patients_file).stdout


def test_a_dry_run_tells_the_same_and_writes_nothing(session, patients_file):
    dry = qure("import", "patients", patients_file, "--dry-run")

    assert patient_count(session) == 0
    wet = qure("import", "patients", patients_file)
    assert dry.stdout == wet.stdout.replace("added 2", "would be added 2") + "Nothing was written.\n"


def test_medicines_then_batches_are_imported(session, tmp_path):
    medicines, batches = tmp_path / "medicines.csv", tmp_path / "batches.csv"
    medicines.write_bytes(csv_of("description,price", "Aspirin 300mg Tab,16"))
    batches.write_bytes(csv_of("medicine,batch,expiry,quantity", "Aspirin 300mg Tab,A1,2027-01-01,50"))

    for kind, file in (("medicines", medicines), ("batches", batches)):
        assert "would be added 1," in qure("import", kind, str(file), "--dry-run").stdout
        assert "added 1, already there 0, rejected 0" in qure("import", kind, str(file)).stdout
        assert "added 0, already there 1, rejected 0" in qure("import", kind, str(file)).stdout


def test_a_wrong_file_is_one_sentence(session, tmp_path):
    file = tmp_path / "bills.csv"
    file.write_bytes(csv_of("invoice,amount", "1,2"))
    told = qure("import", "medicines", str(file))

    assert told.exit_code == 1
    assert told.stderr == (
        "The file has no column for the name (name) and the price (price, pack_price)."
        " Its columns are: invoice, amount.\n"
    )


def test_a_file_that_is_not_there_is_refused(session):
    assert qure("import", "patients", "nowhere.csv").exit_code == 2


def test_a_bug_is_no_refusal_and_leaves_nothing(session, patients_file, monkeypatch):
    def fail(*args):
        raise RuntimeError("power cut")

    monkeypatch.setattr(patients, "register", fail)
    told = CliRunner().invoke(app, ["import", "patients", patients_file])

    assert isinstance(told.exception, RuntimeError)
    assert patient_count(session) == 0
