import ast

from core import errors
from tests.test_architecture import ROOT


def test_whatever_is_not_found_has_a_word_in_every_language():
    kinds = {
        call.args[0].value
        for path in (ROOT / "core").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "NotFound"
        and isinstance(call.args[0], ast.Constant)
    }

    assert kinds - set(errors._KINDS) == set()
