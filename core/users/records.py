"""What is known of the people who work here, and what a change of it may be refused for."""

from dataclasses import dataclass
from decimal import Decimal

from core.errors import Conflict, Invalid
from core.permissions import Role
from core.words import say


class AlreadySetUp(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This clinic is already set up. Sign in instead."))


class UsernameTaken(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(say("The user name {username} is taken. Choose another.", username=username))


class LastAdministrator(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This is the only administrator left. Make another one first."))


class OwnPassword(Conflict):
    def __init__(self) -> None:
        super().__init__(say("Change your own password on My account: it asks for the one you have now."))


class AlreadyChosen(Conflict):
    def __init__(self) -> None:
        super().__init__(say("You have chosen a password of your own already. Sign in with it."))


class NotProved(Invalid):
    """Somebody who is signed in could not show that it is still they: a wrong password or code, to be counted."""


@dataclass(frozen=True)
class DoctorDetails:
    """Fees in the clinic's currency. A follow-up is a visit within the clinic's follow-up days."""

    consultation_fee: Decimal
    follow_up_fee: Decimal
    room: str = ""
    speciality: str = ""
    registration_number: str = ""
    qualification: str = ""


@dataclass(frozen=True)
class UserRecord:
    user_id: int
    username: str
    name: str
    role: Role
    disabled: bool
    doctor: DoctorDetails | None
    first_password: bool
    second_factor: bool


@dataclass(frozen=True)
class DoctorChoice:
    """A doctor as pickers and boards show one."""

    doctor_id: int
    name: str
    speciality: str
    room: str


@dataclass(frozen=True)
class NewUser:
    """`must_change_password`: they choose their own at the first sign-in, for whoever adds them knows this one."""

    username: str
    name: str
    role: Role
    password: str
    doctor: DoctorDetails | None = None
    must_change_password: bool = True


@dataclass(frozen=True)
class NewClinic:
    """`time_zone` an IANA name, `currency` an ISO 4217 code, `country` one of ISO 3166; "": where the zone lies."""

    name: str
    time_zone: str
    currency: str
    country: str = ""
