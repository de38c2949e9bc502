from core.permissions import Permission
from pages import ui

actor = ui.page("Room", Permission.CONSULT)
