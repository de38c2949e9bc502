"""Today: for each role, what to do now, with the way there."""

from datetime import timedelta

import streamlit as st

from core import billing, clock, dispensing, inventory, scheduling, token_queue
from core.permissions import Actor, Permission, Role, allowed
from core.token_queue import TokenState
from core.words import say
from pages import ui
from pages.ui.office import concerns, samples, tour

EXPIRING_DAYS = 60

actor = ui.page(say("Today"))


def counts(session: ui.Session, actor: Actor) -> list[tuple[str, int, str, str]]:
    """What waits for this person, as (screen, how many, what, icon); only what the role may see."""

    def may(permission: Permission) -> bool:
        return allowed(actor, permission)

    found: list[tuple[str, int, str, str]] = []
    if may(Permission.CONSULT) or may(Permission.ISSUE_TOKENS):
        doctor_id = actor.user_id if actor.role is Role.DOCTOR else None
        board = token_queue.board(session, actor, doctor_id)
        waiting = [card for card in board if card.state is TokenState.WAITING]
        found.append(("room" if doctor_id else "queue", len(waiting), say("Waiting"), "hourglass_empty"))
    if may(Permission.BOOK):
        today = scheduling.list_appointments(session, actor, clock.today())
        expected = [a for a in today if a.state == "BOOKED"]
        found.append(("calendar", len(expected), say("Still expected today"), "event"))
        tomorrow = scheduling.list_reminders(session, actor, clock.today() + timedelta(days=1))
        to_remind = [reminder for reminder in tomorrow if not reminder.appointment.reminded_at]
        found.append(("reminders", len(to_remind), say("To remind for tomorrow"), "notifications"))
    if may(Permission.TAKE_PAYMENT):
        unbilled = billing.list_unbilled(session, actor)
        found.append(("cash", len(unbilled), say("Visits without a bill"), "receipt_long"))
        unpaid = billing.find_unpaid(session, actor, limit=1)
        found.append(("cash", unpaid.count, say("Bills to be paid"), "payments"))
    if may(Permission.DISPENSE):
        waiting_bills = dispensing.list_waiting(session, actor)
        found.append(("counter", len(waiting_bills), say("Bills to hand over"), "medication"))
    if may(Permission.MANAGE_STOCK):
        found.append(("stock", len(inventory.low_stock(session, actor)), say("Medicines running low"), "trending_down"))
        expiring = inventory.expiring(session, actor, EXPIRING_DAYS)
        soon = say("Batches expiring within {days} days", days=EXPIRING_DAYS)
        found.append(("stock", len(expiring), soon, "event_busy"))
    return found


with ui.reading() as session:
    tiles = counts(session, actor)
    wrong = concerns.found(session, actor)
    done = tour.facts(session, actor)

st.caption(ui.clinic_day(clock.today()))
if allowed(actor, Permission.ANALYSE) and not allowed(actor, Permission.SEE_BILLS):
    wrong += concerns.unpaid()
concerns.show(wrong)
tour.first_steps(actor, done)
samples.dialogs()
for start in range(0, len(tiles), 3):
    for column, (screen, count, what, icon) in zip(st.columns(3), tiles[start : start + 3], strict=False):
        with column.container(border=True):
            st.metric(what, count, icon=f":material/{icon}:")
            ui.link(screen)
if not tiles:
    with st.container(border=True):
        st.markdown(say("Revenue, visits and medicines"))
        ui.link("reports")
ui.link("waiting-room", say("Open the waiting-room screen"))
