"""The only entry: `streamlit run streamlit_app.py`.

The script that Streamlit runs for each browser is pages/ui/main.py, not this file: beside a `pages/` folder the main
script would open every page to anyone after a restart.
"""

from pathlib import Path

import streamlit as st
from starlette.routing import Mount

from core.api import WORDS, api
from pages.ui import errors, log_lines, server

log_lines.set_up()
app = st.App(
    Path(__file__).parent / "pages" / "ui" / "main.py",
    lifespan=server.lifespan,
    routes=[*server.ROUTES, Mount("/api", api)],
    middleware=server.guarded(WORDS),
    on_script_error=errors.show_number,
)
