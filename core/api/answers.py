"""Answers that are no JSON."""

from starlette.responses import Response


class Pdf(Response):
    """A paper, shown by a browser under `name`."""

    media_type = "application/pdf"

    def __init__(self, content: bytes = b"", status_code: int = 200, *, name: str = "paper") -> None:
        super().__init__(content, status_code, {"content-disposition": f'inline; filename="{name}.pdf"'})
