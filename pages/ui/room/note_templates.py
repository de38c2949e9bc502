"""Templates beside the note box: a chip adds its text to what is typed, and what is typed becomes a template."""

import streamlit as st

from core import visits
from core.permissions import Actor, Permission, allowed
from core.visits import TemplateRecord
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.room.drafts import remember
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import act, form_key, reading, refusals_shown

CHIPS = 5


def chooser(visit_id: int, box: str, templates: list[TemplateRecord]) -> None:
    """Chips for the first few, a menu with the others. `box` is the key of the note box."""

    def put(template: TemplateRecord) -> None:
        typed = str(st.session_state.get(box) or "").rstrip()
        st.session_state[box] = f"{typed}\n\n{template.body}" if typed else template.body
        remember(visit_id, "note", st.session_state[box])

    def chip(template: TemplateRecord) -> None:
        st.button(
            plain(template.name), key=f"template_{template.template_id}", type="tertiary", on_click=put,
            args=(template,), icon=":material/post_add:", help=plain(_beginning(template)),
        )  # fmt: skip

    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", width="content"):
        for template in templates[:CHIPS]:
            chip(template)
        with st.popover(say("Templates"), type="tertiary"):
            for template in templates[CHIPS:]:
                chip(template)
            _keeping(visit_id, templates)
    if opened("room.template") == visit_id:
        save_as_template(str(st.session_state.get(box) or ""), for_clinic=False)
    if opened("room.templates") == visit_id:
        remove_templates()


def of_clinic(actor: Actor) -> None:
    """For the settings: the templates that every doctor has."""
    with reading() as session:
        shared = [template for template in visits.note_templates(session, actor) if template.of_clinic]
    st.subheader(say("Templates for notes"), anchor=False)
    if not shared:
        st.caption(say("Texts to begin a note with, for every doctor. Each doctor keeps own ones in the room."))
    for template in shared:
        _row(template, may_remove=True)
    st.button(
        say("New template"), icon=":material/bookmark_add:", on_click=open_dialog, args=("settings.template",),
    )  # fmt: skip
    if opened("settings.template"):
        save_as_template("", for_clinic=True)


def _keeping(visit_id: int, templates: list[TemplateRecord]) -> None:
    if not templates:
        st.caption(say("A template is a text to begin a note with."))
        usual = say("Add three usual ones: {names}", names=", ".join(name for name, _ in visits.USUAL_TEMPLATES))
        if st.button(usual, key=form_key("usual_templates"), icon=":material/library_add:"):
            with refusals_shown():
                act("usual_templates", visits.add_usual_templates)
                flash(say("Three templates added"))
    st.button(
        say("Save this note as a template"), key="save_template", type="tertiary", icon=":material/bookmark_add:",
        on_click=open_dialog, args=("room.template", visit_id),
    )  # fmt: skip
    if templates:
        st.button(
            say("Remove templates"), key="remove_templates", type="tertiary", icon=":material/bookmark_remove:",
            on_click=open_dialog, args=("room.templates", visit_id),
        )  # fmt: skip


@dialog(later("Save as a template"), icon=":material/bookmark_add:", on_dismiss=close_dialog)
def save_as_template(typed: str, *, for_clinic: bool) -> None:
    with st.form(form_key("save_template"), border=False):
        name = st.text_input(say("Name"), placeholder=say("Cough"))
        body = st.text_area(say("Text"), typed, height=160)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act("save_template", visits.save_template, name or "", body or "", for_clinic=for_clinic)
            close_dialog()
            flash(say("Template saved"))


@dialog(later("Remove templates"), icon=":material/bookmark_remove:", on_dismiss=close_dialog)
def remove_templates() -> None:
    actor = current_actor()
    with reading() as session:
        templates = visits.note_templates(session, actor)
    if not templates:
        st.caption(say("None is left."))
    for template in templates:
        _row(template, may_remove=not template.of_clinic or allowed(actor, Permission.MANAGE_CLINIC))


def _row(template: TemplateRecord, *, may_remove: bool) -> None:
    name = f"remove_template_{template.template_id}"
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        clinic = say("Clinic")
        of_clinic = f" :gray-badge[{clinic}]" if template.of_clinic else ""
        beginning = f":small[:gray[{plain(_beginning(template))}]]"
        st.markdown(f"**{plain(template.name)}**{of_clinic}  \n{beginning}", width="stretch")
        tip = plain(say("Remove {name}", name=template.name))
        gone = may_remove and st.button("", key=form_key(name), icon=":material/close:", type="tertiary", help=tip)
    if gone:
        with refusals_shown():
            act(name, visits.remove_template, template.template_id)
            st.rerun()


def _beginning(template: TemplateRecord) -> str:
    text = " ".join(template.body.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
