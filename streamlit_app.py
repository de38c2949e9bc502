"""The only entry: `streamlit run streamlit_app.py`.

The script that Streamlit runs for each browser is pages/ui/main.py, not this file: beside a `pages/` folder the main
script would open every page to anyone after a restart.
"""

from pathlib import Path

from core import stores

stores.begin()  # they need as long to stand as what follows needs to load

import streamlit as st  # noqa: E402

from pages.ui import errors, log_lines, server  # noqa: E402

log_lines.set_up()
app = st.App(
    Path(__file__).parent / "pages" / "ui" / "main.py",
    lifespan=server.lifespan,
    routes=server.ROUTES,
    middleware=server.GUARDED,
    on_script_error=errors.show_number,
)
