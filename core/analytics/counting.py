"""Tells what MongoDB is asked to whoever counts it: the command and its collection, never what it looks for."""

from threading import local

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from core import queries


class Listener(CommandListener):
    """A command is answered in the thread that sent it."""

    def __init__(self) -> None:
        self._sent = local()

    def started(self, event: CommandStartedEvent) -> None:
        asked = event.command.get("collection", event.command.get(event.command_name))  # getMore names it apart
        self._sent.text = f"{event.command_name} {asked}" if isinstance(asked, str) else event.command_name

    def succeeded(self, event: CommandSucceededEvent) -> None:
        queries.note(queries.DOCUMENTS, self._sent.text, event.duration_micros / 1e6)

    def failed(self, event: CommandFailedEvent) -> None:
        queries.note(queries.DOCUMENTS, self._sent.text, event.duration_micros / 1e6)
