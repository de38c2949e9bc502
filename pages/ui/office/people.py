"""People who work here: how one is shown, and the dialogs that add and change one."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import auth, passwords, users
from core.auth import Identity, OpenSession
from core.called import called
from core.permissions import Actor, Role
from core.users import DoctorDetails, NewUser, UserRecord
from core.words import later, say
from pages import ui
from pages.ui.dialog import dialog

# Role: (colour, icon), in the order in which they are offered.
ROLES: dict[Role, tuple[str, str]] = {
    Role.RECEPTION: ("blue", "person_search"),
    Role.DOCTOR: ("green", "stethoscope"),
    Role.PHARMACIST: ("violet", "medication"),
    Role.MANAGER: ("orange", "monitoring"),
    Role.ANALYST: ("gray", "query_stats"),
    Role.ADMIN: ("red", "admin_panel_settings"),
}


def role_badge(role: Role) -> str:
    colour, icon = ROLES[role]
    return f":{colour}-badge[:material/{icon}: {called(role)}]"


def marks(user: UserRecord) -> str:
    """Badges beside a name."""
    found = [role_badge(user.role)]
    if user.disabled:
        found.append(say(":gray-badge[:material/block: Disabled]"))
    elif user.first_password:
        found.append(say(":gray-badge[:material/key: First password]"))
    if user.second_factor:
        found.append(say(":gray-badge[:material/phonelink_lock: Second factor]"))
    return " ".join(found)


def facts(user: UserRecord) -> str:
    """The line under a name."""
    if user.doctor is None:
        return user.username
    doctor = user.doctor
    fee, follow_up = ui.money(doctor.consultation_fee), ui.money(doctor.follow_up_fee)
    fees = say("{fee}, follow-up {follow_up}", fee=fee, follow_up=follow_up)
    return " · ".join(filter(None, (user.username, doctor.speciality, ui.room_name(doctor.room), fees)))


def open_sessions(
    found: Sequence[OpenSession], own: Identity | None, end: Callable[[ui.Session, Actor, str], None], *, named: bool
) -> None:
    """Newest first, each with the button that signs it out, in every tab of it."""
    for one in found:
        device = auth.device_told(one.device)
        where = say(one.address)  # "this machine" is a word of ours
        title, facts = (one.name, (device, where)) if named else (device, (where,))
        with st.container(horizontal=True, vertical_alignment="center", border=True, wrap=False):
            since = say("since {at}", at=ui.moment(one.started_at))
            times = since, say("last seen {at}", at=ui.clock_time(one.seen_at))
            line = " · ".join(filter(None, (*facts, *times)))
            st.markdown(f"**{ui.plain(title)}**  \n:small[:gray[{ui.plain(line)}]]", width="stretch")
            key = f"end_{one.sid}"
            if own and one.sid == own.sid:
                st.markdown(say(":gray-badge[:material/person: You, here]"), width="content")
            elif st.button(say("Sign out"), key=ui.form_key(key), icon=":material/logout:"):
                with ui.refusals_shown():
                    ui.act(key, end, one.sid)
                    gone = say("{name} is signed out", name=one.name) if named else say("Signed out there")
                    ui.flash(gone, icon="logout")


def dialogs(everyone: Sequence[UserRecord]) -> None:
    """The one that is open, if any."""
    by_id = {user.user_id: user for user in everyone}
    about: dict[str, Callable[[UserRecord], None]] = {
        **{"users.doctor": _change_doctor, "users.password": _new_password, "users.disable": _disable},
        **{"users.role": _change_role, "users.factor": _take_factor},
    }
    if role := ui.opened("users.add"):
        _add(role)
    for name, draw in about.items():
        if user := by_id.get(ui.opened(name)):
            draw(user)


@dialog(later("New person"), icon=":material/person_add:", width="medium", on_dismiss=ui.close_dialog)
def _add(proposed: Role) -> None:
    role = st.segmented_control(
        say("Role"), list(ROLES), format_func=called, default=proposed, required=True, key="new_role"
    )
    with st.form(ui.form_key("add_user"), border=False):
        name = st.text_input(say("Name"), autocomplete="off", placeholder=say("As patients and colleagues say it"))
        left, right = st.columns(2)
        username = left.text_input(say("User name"), autocomplete="off", help=say("To sign in with; without spaces."))
        password = right.text_input(say("First password"), type="password", autocomplete="new-password", help=_hint())
        details = _doctor_fields(None) if role is Role.DOCTOR else None
        sent = st.form_submit_button(say("Add"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("add_user", users.add, NewUser(username, name, role, password, details))
            _done(say("{name} may sign in as {username}", name=name.strip(), username=username.strip()), "person_add")


@dialog(later("Fees and room"), icon=":material/stethoscope:", width="medium", on_dismiss=ui.close_dialog)
def _change_doctor(user: UserRecord) -> None:
    st.markdown(f"**{ui.plain(user.name)}**")
    with st.form(ui.form_key("change_doctor"), border=False):
        details = _doctor_fields(user.doctor)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("change_doctor", users.change_doctor, user.user_id, details)
            _done(say("{name}: saved. Bills made before keep their fee.", name=user.name), "check_circle")


@dialog(later("New password"), icon=":material/key:", on_dismiss=ui.close_dialog)
def _new_password(user: UserRecord) -> None:
    st.markdown(say("For **{name}**, who is signed out everywhere and signs in with it.", name=ui.plain(user.name)))
    with st.form(ui.form_key("reset_password"), border=False):
        password = st.text_input(say("New password"), type="password", autocomplete="new-password", help=_hint())
        sent = st.form_submit_button(say("Set the password"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("reset_password", users.reset_password, user.user_id, password)
            _done(say("{name} has a new password", name=user.name), "key")


@dialog(later("Disable this person?"), icon=":material/block:", on_dismiss=ui.close_dialog)
def _disable(user: UserRecord) -> None:
    st.markdown(
        say(
            "**{name}** is signed out everywhere, now, and cannot sign in. What they recorded stays. They "
            "can be enabled again.",
            name=ui.plain(user.name),
        )
    )
    if st.button(say("Disable"), key=ui.form_key("disable"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with ui.refusals_shown():
            ui.act("disable", users.disable, user.user_id)
            _done(say("{name} is disabled", name=user.name), "block")


@dialog(later("Change the role"), icon=":material/badge:", width="medium", on_dismiss=ui.close_dialog)
def _change_role(user: UserRecord) -> None:
    st.markdown(
        say(
            "**{name}** is signed out everywhere and has the other role from the next sign-in on.",
            name=ui.plain(user.name),
        )
    )
    role = st.segmented_control(
        say("Role"), list(ROLES), format_func=called, default=user.role, required=True, key="other_role"
    )
    with st.form(ui.form_key("change_role"), border=False):
        details = _doctor_fields(None) if role is Role.DOCTOR and user.role is not Role.DOCTOR else None
        sent = st.form_submit_button(say("Change it"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("change_role", users.change_role, user.user_id, role, details)
            _done(say("{name} is {role} from now on", name=user.name, role=called(role).lower()), "badge")


@dialog(later("Take the second factor away?"), icon=":material/phonelink_erase:", on_dismiss=ui.close_dialog)
def _take_factor(user: UserRecord) -> None:
    st.markdown(
        say(
            "For when the phone is lost: make sure that it is **{name}** who asks. They are signed out "
            "everywhere and sign in with the password alone until they set it up again.",
            name=ui.plain(user.name),
        )
    )
    if st.button(
        say("Take it away"), key=ui.form_key("factor"), type="primary", shortcut="Ctrl+Enter", width="stretch"
    ):
        with ui.refusals_shown():
            ui.act("factor", auth.take_away, user.user_id)
            _done(say("{name} signs in with the password alone", name=user.name), "phonelink_erase")


def _doctor_fields(now: DoctorDetails | None) -> DoctorDetails:
    left, right = st.columns(2)
    currency = ui.clinic().currency
    fee = _fee(left, say("Consultation, {currency}", currency=currency), now.consultation_fee if now else None)
    follow_up = _fee(right, say("Follow-up, {currency}", currency=currency), now.follow_up_fee if now else None)
    speciality = left.text_input(say("Speciality"), now.speciality if now else "")
    room = right.text_input(say("Room"), now.room if now else "")
    printed = say("Printed on prescriptions.")
    qualification = left.text_input(
        say("Qualification"), now.qualification if now else "", placeholder=say("MBBS, MD"), help=printed
    )
    registration = right.text_input(say("Registration number"), now.registration_number if now else "", help=printed)
    return DoctorDetails(fee, follow_up, room, speciality, registration, qualification)


def _fee(place: DeltaGenerator, label: str, now: Decimal | None) -> Decimal:
    """Two decimals of the number box's float are exact for any fee there is. Left empty, it is no number: refused."""
    before = None if now is None else float(now)
    typed = place.number_input(label, 0.0, None, before, 50.0, "%.2f")
    return Decimal("NaN") if typed is None else Decimal(f"{typed:.2f}")


def _done(sentence: str, icon: str) -> None:
    ui.close_dialog()
    ui.flash(sentence, icon)


def _hint() -> str:
    return f"{say(passwords.HINT)} {say('They choose their own at the first sign-in.')}"
