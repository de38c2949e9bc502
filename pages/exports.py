"""Lists of the clinic as files, for those who may take them away."""

from core import exports
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.office import exporting

actor = ui.page(say("Export"), Permission.EXPORT)
known = exporting.choose(exports.available(actor))
first, last = exporting.period(known)
with ui.refusals_shown():
    with ui.reading() as session:
        rows = exports.count(session, actor, known.name, first, last)
        start = exports.look(session, actor, known.name, first, last)
    exporting.show(known, start, rows, first, last)
