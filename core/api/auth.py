"""/auth: who comes in, who leaves, who is who."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from core import auth, db, users
from core.api.caller import Asking, Posting
from core.api.fields import Money
from core.api.refusals import SignedOut
from core.auth import CodeWanted, Refused, SignedIn
from core.permissions import Permission, Role, allowed
from core.users import DoctorDetails, NewUser

router = APIRouter(prefix="/auth", tags=["auth"])


class CodeNeeded(SignedOut):
    def __init__(self) -> None:
        super().__init__("The password is right. This person has a second factor: send its `code`, too.")


class Credentials(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "asha", "password": "the password of asha"}]}
    )
    username: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=100, description="Of the second factor, or a recovery code.")] = ""


@dataclass(frozen=True)
class Token:
    """`access_token` goes into `Authorization: Bearer …`; it ends with the session it belongs to."""

    access_token: str
    token_type: str
    user_id: int
    name: str
    role: Role
    must_choose_password: bool


@dataclass(frozen=True)
class Me:
    user_id: int
    name: str
    username: str
    role: Role
    may: list[str]
    must_choose_password: bool


class Doctor(BaseModel):
    consultation_fee: Money
    follow_up_fee: Money
    room: str = ""
    speciality: str = ""
    registration_number: str = ""
    qualification: str = ""


class NewPerson(BaseModel):
    """A user, with a first password that they must replace by one of their own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "sen",
                    "name": "Dr Sen",
                    "role": "DOCTOR",
                    "password": "seven herons over a pond",
                    "doctor": {"consultation_fee": "500.00", "follow_up_fee": "250.00", "speciality": "Paediatrics"},
                }
            ]
        }
    )
    username: str
    name: str
    role: Role
    password: str
    doctor: Doctor | None = None


@dataclass(frozen=True)
class UserId:
    user_id: int


@router.post("/login")
def login(request: Request, sent: Credentials) -> Token:
    """Sign in. 401 for a wrong name, password or code, whichever it was; 429 after too many wrong tries."""
    address = request.client.host if request.client else "unknown"
    device = request.headers.get("user-agent", "")
    with db.transaction() as session:
        answer = auth.sign_in(session, sent.username, sent.password, address, device)
    if isinstance(answer, CodeWanted):
        if not sent.code:
            raise CodeNeeded
        with db.transaction() as session:
            answer = auth.enter_code(session, answer, sent.code, address, device)
    if isinstance(answer, Refused):
        raise answer.waits or SignedOut(answer.sentence)
    return _token(answer)


def _token(came: SignedIn) -> Token:
    actor = came.actor
    return Token(came.token, "bearer", actor.user_id, actor.name, actor.role, actor.first_password)


@router.post("/logout", status_code=204)
def logout(caller: Asking) -> Response:
    """End this session, in every tab and program that shares it."""
    with db.transaction() as session:
        auth.sign_out(session, caller.token)
    return Response(status_code=204)


@router.get("/me")
def me(caller: Asking) -> Me:
    """Who is signed in, and what they may do."""
    actor = caller.actor
    may = [permission.name for permission in Permission if allowed(actor, permission)]
    return Me(actor.user_id, actor.name, caller.username, actor.role, may, actor.first_password)


@router.post("/register", status_code=201)
def register(caller: Posting, sent: NewPerson) -> UserId:
    """Add a user. Administrators only."""
    doctor = DoctorDetails(**dict(sent.doctor)) if sent.doctor else None
    return UserId(caller.act(users.add, NewUser(sent.username, sent.name, sent.role, sent.password, doctor)))
