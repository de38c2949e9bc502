from core.permissions import Permission
from pages import ui

actor = ui.page("Settings", Permission.MANAGE_CLINIC)
