"""What the product says, and whether each of its languages says all of it.

QURE_WRITE_LANGUAGES=1 brings core/languages up to date with the code: new texts come in empty, gone ones go.
"""

import ast
import os
import re
from decimal import Decimal
from functools import cache
from itertools import product
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core import api, words
from core.errors import ClinicError
from tests.test_architecture import ROOT

SPOKEN = [code for code in words.LANGUAGES if code != words.ENGLISH]
SAYING = {"say": slice(0, 1), "later": slice(0, 1), "say_count": slice(1, 3)}  # which of what they take are texts
FOLDERS = ("core", "pages", "etl")
# What the operator reads, or a program: English, as core/words.py says.
UNSAID = ("core/api", "core/backup", "core/bench", "core/cli", "core/migrations", "core/stores", "core/secret.py")


def texts():
    """(text or (one, many), file) of everything that passes through core.words, in the order of the files."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path != ROOT / "core" / "words.py":
                for message in said_in(path.read_text()):
                    yield message, path.relative_to(ROOT).as_posix()


def said_in(code):
    """Inside f-strings and other calls as well, where what comes with babel does not look."""
    calls = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    for call in sorted((call for call in calls if call.func.id in SAYING), key=lambda call: call.lineno):
        found = [text.value for text in call.args[SAYING[call.func.id]] if isinstance(text, ast.Constant)]
        if found and found[0]:
            yield tuple(found) if call.func.id == "say_count" else found[0]


def catalogue(code):
    with (words.FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def brought_up_to_date(code):
    """The catalogue with the texts of the code; their translations stay."""
    new, old = Catalog(code, fuzzy=False), catalogue(code)
    for message, path in texts():
        one = message[0] if isinstance(message, tuple) else message
        known = old.get(one)
        new.add(message, known.string if known else None, locations=[(path, None)])
    return new


@pytest.fixture(scope="module", params=SPOKEN)
def language(request):
    if os.environ.get("QURE_WRITE_LANGUAGES"):
        new = brought_up_to_date(request.param)
        with (words.FOLDER / f"{request.param}.po").open("wb") as file:
            write_po(file, new, width=120, sort_by_file=True, omit_header=True)
    return request.param


def forms(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def places(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_a_language_has_every_text_and_no_other(language):
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(language)} - {""}
    wanted = {message if isinstance(message, str) else message[0] for message, _ in texts()}

    assert wanted - said == set()
    assert said - wanted == set()


def test_nothing_is_left_in_english(language):
    left = [message.id for message in catalogue(language) if message.id and not all(forms(message))]

    assert left == []


@cache
def refusals(of=ClinicError):
    """The names of all that a program of `core.api` can meet."""
    assert api.app
    return {of.__name__}.union(*(refusals(kind) for kind in of.__subclasses__()))


def refused_in(code):
    """(line, text) of every sentence that a refusal is made of and of every problem that a check finds."""

    def tells(node):
        called = node.func if isinstance(node, ast.Call) else None
        named = getattr(called, "attr", "") or getattr(called, "id", "")
        return named in ("__init__", "check", *refusals()) or named.endswith("_problem")

    def unsaid(node):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING:
            return
        if isinstance(node, ast.Constant) and re.match(r"[A-Z][\w']* \w", str(node.value)):
            yield node.lineno, node.value
        for part in ast.iter_child_nodes(node):
            yield from unsaid(part)

    return {found for node in ast.walk(ast.parse(code)) if tells(node) for found in unsaid(node)}


def test_no_refusal_stays_in_english():
    left = [
        (path.relative_to(ROOT).as_posix(), *found)
        for folder in ("core", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(UNSAID)
        for found in sorted(refused_in(path.read_text()))
    ]

    assert left == []
    assert refused_in('check(name=required_problem(name, "The name"))') == {(1, "The name")}


def test_every_form_has_the_places_of_the_english_one(language):
    wrong = []
    for message in catalogue(language):
        english = (message.id,) if isinstance(message.id, str) else message.id
        wanted = set.union(*(places(text) for text in english))
        if any(places(form) - wanted or wanted - places(form) - {("count", "")} for form in forms(message)):
            wrong.append(message.id)

    assert wrong == []


def test_marks_of_icons_and_colours_are_kept(language):
    def marks(text):
        return sorted(re.findall(r":material/\w+:|:[a-z]+(?:-badge)?\[", text))

    wrong = [
        message.id
        for message in catalogue(language)
        for english, form in product([message.id if isinstance(message.id, str) else message.id[0]], forms(message))
        if marks(english) != marks(form)
    ]

    assert wrong == []


def test_words_come_in_the_language_of_the_reader_and_in_the_form_of_the_count(monkeypatch):
    spoken = words._Tongue({"Yes": ("Oui",), "{count} bill": ("{count} facture", "{count} factures")}, lambda n: n > 1)
    monkeypatch.setattr(words, "_tongue", lambda code: spoken)

    assert words.say("Yes") == "Yes"
    with words.read_in("fr"):
        assert words.say("Yes") == "Oui"
        assert words.say("Not known: {name}", name="A {b}") == "Not known: A {b}"
        said = [words.say_count(n, "{count} bill", "{count} bills") for n in (0, 1, 2)]
        assert said == ["0 facture", "1 facture", "2 factures"]
    assert words.say_count(2, "{count} bill", "{count} bills") == "2 bills"


@pytest.mark.parametrize(
    ("clinic", "told"),
    [
        (None, "1,234,567 units for 1,234,567.50, -3.00; 1,234.6 a day"),
        (("IN", "INR"), "12,34,567 units for ₹12,34,567.50, -₹3.00; 1,234.6 a day"),
        (("DE", "EUR"), "1.234.567 units for 1.234.567,50\N{NO-BREAK SPACE}€, -3,00\N{NO-BREAK SPACE}€; 1.234,6 a day"),
        (("KW", "KWD"), "1,234,567 units for KWD1,234,567.500, -KWD3.000; 1,234.6 a day"),
    ],
)
def test_counts_and_amounts_in_a_sentence_are_written_as_where_the_clinic_is(monkeypatch, clinic, told):
    monkeypatch.setattr(words, "_their_clinic", lambda: clinic)
    amounts = {"amount": Decimal("1234567.50"), "tax": Decimal("-3.00")}

    said = words.say(
        "{count:,} units for {amount:,}, {tax:+,}; {mean:,.1f} a day", count=1234567, mean=1234.56, **amounts
    )

    assert said == told
    assert words.say_count(2, "{count:,} bill, {due}", "{count:,} bills, {due}", due="{x}") == "2 bills, {x}"
    assert words.written(float("inf"), ",.0f") == "inf"


def test_a_language_is_offered_as_far_as_it_is_spoken():
    assert [words.offered(wanted) for wanted in ("hi-IN", "hi", "en-GB", "xx", "", None)] == [
        *("hi", "hi", "en", "en", "en", "en")
    ]
    assert words.offered("xx", "hi") == "hi"
    assert words.own_name("hi") == "हिन्दी"
