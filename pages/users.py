"""The administrator: who works here, who is signed in, what each role may do, and files opened outside one's work."""

import streamlit as st

from core import auth, users
from core.called import called
from core.permissions import ROLE_PERMISSIONS, Permission, Role
from core.users import UserRecord
from core.words import say
from pages import ui
from pages.ui.office import outside_openings, people

actor = ui.page(say("Users"), Permission.MANAGE_USERS)
with ui.reading() as session:
    everyone = users.list_users(session, actor)
    sessions = auth.list_sessions(session, actor)
    own = auth.identify(session, st.session_state["token"])


def person(user: UserRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True, wrap=False):
        facts = f":small[:gray[{ui.plain(people.facts(user))}]]"
        st.markdown(f"**{ui.plain(user.name)}** {people.marks(user)}  \n{facts}", width="stretch")
        with st.popover(
            "", icon=":material/more_vert:", key=f"menu_{user.user_id}", type="tertiary", help=say("Change")
        ):
            steps(user)


def steps(user: UserRecord) -> None:
    """What an administrator changes; all of it asks again in a dialog, except what only gives back."""

    def opens(word: str, icon: str, dialog: str) -> None:
        key, icon = f"{dialog}_{user.user_id}", f":material/{icon}:"
        st.button(word, key=key, icon=icon, type="tertiary", on_click=ui.open_dialog, args=[dialog, user.user_id])

    if user.doctor:
        opens(say("Fees and room"), "stethoscope", "users.doctor")
    if user.user_id == actor.user_id:
        ui.link("account", say("Own password"))
    else:
        opens(say("New password"), "key", "users.password")
    opens(say("Role"), "badge", "users.role")
    if user.second_factor:
        opens(say("Second factor"), "phonelink_erase", "users.factor")
    name = f"enable_{user.user_id}"
    if not user.disabled:
        opens(say("Disable"), "block", "users.disable")
    elif st.button(say("Enable"), key=ui.form_key(name), icon=":material/check:", type="tertiary"):
        with ui.refusals_shown():
            ui.act(name, users.enable, user.user_id)
            ui.flash(say("{name} may sign in again", name=user.name))


def permissions() -> None:
    st.caption(say("Every page and every step asks this table, which is part of Qure and the same in every clinic."))
    marks = {True: ":material/check:", False: ""}
    st.table(
        [
            {say("May …"): say(may), **{called(role): marks[may in ROLE_PERMISSIONS[role]] for role in Role}}
            for may in Permission
        ]
    )


with st.container(horizontal=True, horizontal_alignment="right"):
    key, icon = "add_person", ":material/person_add:"
    args = ["users.add", Role.RECEPTION]
    st.button(say("New person"), key=key, icon=icon, type="primary", on_click=ui.open_dialog, args=args)
tabs = [
    say("People"),
    say("Signed in now: {count}", count=len(sessions)),
    say("What each role may do"),
    say("Opened outside one's work"),
]
asked = tabs[-1] if st.query_params.get("tab") == outside_openings.TAB else None
who, now, table, outside = st.tabs(tabs, default=asked)
with who:
    for user in everyone:
        person(user)
with now:
    people.open_sessions(sessions, own, auth.end_session, named=True)
with table:
    permissions()
with outside:
    outside_openings.section(actor)
if (asked_for := st.query_params.pop("new", "")) in set(Role):
    ui.open_dialog("users.add", Role(asked_for))
people.dialogs(everyone)
