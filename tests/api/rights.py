"""Who may ask for what, as found by asking as everybody, and its table in docs/api.md."""

import re
from pathlib import Path

from core.permissions import ROLE_PERMISSIONS, Permission, Role

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
# Refused not for want of a right but by the record.
BY_RECORD = {"/api/problems#not-a-doctor", "/api/problems#not-your-visit"}
BEGIN, END = "<!-- operations -->\n", "<!-- end of operations -->\n"


def missed(answer):
    """The permission for want of which it was refused, if it was."""
    if answer.status_code != 403:
        return None
    told = answer.json()
    sentence = told["issue"][0]["diagnostics"] if "issue" in told else told["detail"]
    if told.get("type") in BY_RECORD or "why" in sentence:
        return None  # it may, with a reason
    named = re.fullmatch(r".* may not (.+)\.", sentence)
    assert named, sentence
    return Permission(named[1])


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
