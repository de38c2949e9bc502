from core.permissions import Permission
from pages import ui

actor = ui.page("Queue", Permission.SEE_QUEUE)
