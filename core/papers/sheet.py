"""What papers share: letterhead, whose it is, and the code that a scanner reads."""

from dataclasses import dataclass, field
from io import BytesIO

import segno

from core.words import language


@dataclass(frozen=True)
class Letterhead:
    """The clinic and the doctor, as they shall be read; what is empty is left out."""

    clinic: str
    address: str
    phone: str
    doctor: str
    qualification: str
    speciality: str
    registration_number: str
    room: str


@dataclass(frozen=True)
class Bearer:
    """Whose paper it is. `facts` are words and values in the order they are read: ("Age", "34 y")."""

    name: str
    facts: tuple[tuple[str, str], ...]
    allergies: str = ""


@dataclass(frozen=True)
class Sheet:
    """`size` is A4, A5 or 80mm; `code` is what the QR code says: the address that checks the paper, or the number by
    which a scan finds it, or nothing. `void` is written across a paper taken back. `language` is that of whoever
    prints: a paper may be set later, when it is not known any more."""

    size: str
    code: str = ""
    void: str = ""
    language: str = field(default_factory=language)

    @property
    def data(self) -> dict[str, str]:
        told = {"size": self.size.lower(), "void": self.void}
        if not self.code:
            return told
        qr = BytesIO()  # with its namespace, without which browsers draw nothing where pages are pictures
        segno.make(self.code, error="m", micro=False).save(
            qr, kind="svg", xmldecl=False, border=0, scale=4, dark="#17231f"
        )
        return {**told, "qr": qr.getvalue().decode()}
