from core.permissions import Permission
from pages import ui

actor = ui.page("Users", Permission.MANAGE_USERS)
