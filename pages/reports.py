from core.permissions import Permission
from pages import ui

actor = ui.page("Reports", Permission.ANALYSE)
