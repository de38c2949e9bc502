from pages import ui

actor = ui.page("Today")
