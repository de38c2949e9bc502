from core.permissions import Permission
from pages import ui

actor = ui.page("Cash", Permission.TAKE_PAYMENT)
