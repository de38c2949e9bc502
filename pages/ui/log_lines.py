"""The web server's and Streamlit's own lines go where ours go. Call it before either starts."""

import logging

import uvicorn.config
from streamlit import logger as streamlit_logger

from core import logs


def set_up() -> None:
    logs.set_up()
    uvicorn.config.LOGGING_CONFIG["handlers"].clear()
    uvicorn.config.LOGGING_CONFIG["loggers"].clear()
    streamlit_logger.setup_formatter = _as_ours
    streamlit_logger.update_formatter()


def _as_ours(logger: logging.Logger) -> None:
    """In place of a handler of its own for each of Streamlit's loggers."""
    logs.take_over(logger.name)
