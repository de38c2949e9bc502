"""docs/authorization.md: every verb of core, what it asks for, and which roles that lets in.

python -m tests.verbs.table        # writes it anew, so that a change of rights is a line in the diff
"""

from itertools import groupby

from core.permissions import Actor, Role
from tests.verbs.found import ALSO, BY_RECORD, ROOT, VERBS, Verb, may

PAGE = ROOT / "docs" / "authorization.md"
HEAD = """\
# Every verb and who may call it

Found in the code and tried by tests/verbs: a role that is not marked is refused before the first statement reaches \
the database, whatever record it asks for. `python -m tests.verbs.table` writes this page. What a role may \
stands in [permissions.md](permissions.md); what depends on the record besides (own visit, drawer, template) is \
tested in tests/verbs/test_own_and_foreign.py.
"""


def page() -> str:
    packages = groupby(VERBS.values(), lambda verb: verb.name.split(".")[0])
    return "\n".join([HEAD, *(_section(package, list(verbs)) for package, verbs in packages)])


def _section(package: str, verbs: list[Verb]) -> str:
    roles = " | ".join(role.capitalize() for role in Role)
    rows = [f"| {_short(verb)} | {_needs(verb)} | {' | '.join(_marks(verb))} |" for verb in verbs]
    return "\n".join(
        [f"## {package}\n", f"| verb | needs | {roles} |", f"| --- | --- |{' :-: |' * len(Role)}", *rows, ""]
    )


def _short(verb: Verb) -> str:
    return f"`{verb.name.removeprefix(verb.name.split('.')[0] + '.')}`"


def _needs(verb: Verb) -> str:
    also = f", {ALSO[verb.name]}" if verb.name in ALSO else ""
    return f"{verb.asks}{also}" if verb.asks else BY_RECORD[verb.name]


def _marks(verb: Verb) -> list[str]:
    if verb.asks is None:
        return ["by record"] * len(Role)
    return ["x" if may(Actor(0, "", role), verb) else "" for role in Role]


if __name__ == "__main__":
    PAGE.write_text(page())
