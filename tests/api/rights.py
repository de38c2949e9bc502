"""Who may ask for what, as found by asking as everybody, and its table in docs/api.md."""

import re
from pathlib import Path

from core.permissions import ROLE_PERMISSIONS, Permission, Role

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BEGIN, END = "<!-- operations -->\n", "<!-- end of operations -->\n"


def missed(answer):
    """The permission for want of which it was refused, if it was."""
    if answer.status_code != 403:
        return None
    told = answer.json()
    sentence = told["issue"][0]["diagnostics"] if "issue" in told else told["detail"]
    if named := re.fullmatch(r".* may not (.+)\.", sentence):
        return Permission(named[1])
    # The role may, but not with this record: a reason is wanted, or it is another doctor's.
    assert told.get("type") not in {None, "about:blank", "/api/problems#not-permitted"}, sentence
    return None


def roles_without(permission):
    return {role for role in Role if permission not in ROLE_PERMISSIONS[role]}


def table(found):
    """`found`: {operation: who}."""
    rows = [f"| `{one.method.upper()} {one.path}` | {one.says} | {who} |" for one, who in found.items()]
    return "\n".join(["| address | what | who may |", "| --- | --- | --- |", *rows]) + "\n"


def in_page():
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]


def write(table):
    head, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(head + BEGIN + table + END + rest.partition(END)[2])
