from core.permissions import Permission
from pages import ui

actor = ui.page("Stock", Permission.MANAGE_STOCK)
