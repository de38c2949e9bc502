"""A whole clinic day in a real browser, from set-up to dispensing, as five people live it.

One test in order: each step stands on the one before, as on a real day. Everyone signs in with the own role.
"""

import re

from playwright.sync_api import expect

from tests.browser.people import PASSWORD, box, click_until, go, set_up, settle, sign_in, visitor


def test_a_clinic_day_from_set_up_to_dispensing(app, chromium):
    people = {name: visitor(chromium) for name in ("ravi", "sen", "meera", "manoj", "wall")}

    admin = set_up(chromium, app)
    for username, name, role in (
        ("ravi", "Ravi Menon", "Reception"),
        ("sen", "Dr Anjali Sen", "Doctor"),
        ("meera", "Meera Pillai", "Pharmacist"),
        ("manoj", "Manoj Iyer", "Manager"),
    ):
        add_person(admin, username, name, role)

    pharmacist = sign_in(people["meera"], app, "meera")
    add_medicine(pharmacist, "Amoxicillin 500 mg", unit="capsule", price="5")
    receive(pharmacist, "Amoxicillin 500 mg", batch="OLD-1", quantity="4")
    receive(pharmacist, "Amoxicillin 500 mg", batch="NEW-2", quantity="50")

    wall = people["wall"].new_page()
    wall.goto(f"{app.url}/waiting-room")
    expect(wall.get_by_text("Nobody is waiting.")).to_be_visible()

    desk = sign_in(people["ravi"], app, "ravi")
    register_with_token(desk, "Asha Rao", phone="9876543210", age="34")
    expect(wall.get_by_role("heading", name="1", exact=True)).to_be_visible()

    people["sen"].add_init_script("window.print = () => { top.printed = (top.printed || 0) + 1 }")
    room = sign_in(people["sen"], app, "sen")
    see_the_patient(room)
    expect(wall.get_by_text("Nobody is being called.")).to_be_visible()
    assert "Asha" not in wall.content()

    make_bill_and_take_cash(desk)
    hand_over(pharmacist)
    assert room.evaluate("window.printed") == 1
    see_the_revenue(sign_in(people["manoj"], app, "manoj"))

    go(pharmacist, "Stock")
    expect(pharmacist.get_by_text(re.compile("1 of 1 medicines"))).to_be_visible()
    for context in people.values():
        context.close()
    admin.context.close()


def add_person(admin, username, name, role):
    go(admin, "Users")
    admin.get_by_role("button", name="New person").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("radio", name=role, exact=True).or_(dialog.get_by_role("button", name=role, exact=True)).click()
    settle(admin)
    box(dialog, "Name").fill(name)
    box(dialog, "User name").fill(username)
    box(dialog, "First password").fill(PASSWORD)
    if role == "Doctor":
        box(dialog, "Consultation, INR").fill("500")
        box(dialog, "Follow-up, INR").fill("200")
        box(dialog, "Room").fill("Room 1")
    dialog.get_by_role("button", name="Add", exact=False).last.click()
    expect(admin.get_by_text(f"{name} may sign in as {username}")).to_be_visible()
    expect(admin.get_by_role("dialog")).to_have_count(0)


def add_medicine(pharmacist, name, unit, price):
    go(pharmacist, "Stock")
    pharmacist.keyboard.press("Alt+n")
    dialog = pharmacist.get_by_role("dialog")
    box(dialog, "Name").fill(name)
    box(dialog, "Unit handed over").fill(unit)
    box(dialog, "Price of a unit").fill(price)
    dialog.get_by_role("button", name=re.compile("^Add")).click()
    expect(pharmacist.get_by_text(f"{name} added to the list of medicines")).to_be_visible()


def receive(pharmacist, medicine, batch, quantity):
    go(pharmacist, "Stock")
    pharmacist.get_by_role("radio", name="Receive").or_(
        pharmacist.get_by_role("button", name="Receive", exact=True)
    ).click()
    settle(pharmacist)
    box(pharmacist, "Medicine").fill(medicine[:6])
    box(pharmacist, "Medicine").press("Enter")
    settle(pharmacist)
    box(pharmacist, "Batch number").fill(batch)
    box(pharmacist, "Expiry").fill("12/30")
    box(pharmacist, re.compile("^Quantity")).fill(quantity)
    box(pharmacist, "Cost of a unit").fill("2")
    pharmacist.get_by_role("button", name="Take into stock").click()
    expect(pharmacist.get_by_text(f"{quantity} capsules of {medicine} taken into stock")).to_be_visible()


def register_with_token(desk, name, phone, age):
    go(desk, "Desk")
    desk.keyboard.press("Alt+n")
    dialog = desk.get_by_role("dialog")
    box(dialog, "Phone").fill(phone)
    box(dialog, "Name").fill(name)
    box(dialog, "Age in years").fill(age)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text(f"Token for {name}")).to_be_visible()


def see_the_patient(room):
    go(room, "Room")
    room.get_by_role("button", name="Call next").click()
    room.get_by_role("button", name="Start visit").click()
    expect(room.get_by_role("heading", name="Vitals")).to_be_visible()
    settle(room)
    box(room, "Temperature °C").fill("98.6")
    box(room, "Temperature °C").press("Enter")
    room.get_by_role("button", name="Save vitals").click()
    expect(room.get_by_text("37.0", exact=False).first).to_be_visible()  # the refusal knows what was meant
    box(room, "Temperature °C").fill("38.2")
    box(room, "Temperature °C").press("Enter")
    room.get_by_role("button", name="Save vitals").click()
    expect(room.get_by_text("38.2 °C").first).to_be_visible()
    diagnose_and_prescribe(room)
    room.reload()  # a closed tab, a power cut: the visit and what was typed are still there
    expect(room.get_by_text("38.2 °C").first).to_be_visible()
    expect(room.get_by_text("15 capsules").first).to_be_visible()
    settle(room)
    room.get_by_text("1 week", exact=True).click()
    settle(room)
    room.keyboard.press("Control+Enter")  # belongs to the visit, not to the chip that was clicked last
    expect(room.get_by_text("Nobody is with you.")).to_be_visible()
    expect(room.get_by_text(re.compile("Prescription RX-"))).to_be_visible()
    expect(room.locator("#qure-paper")).to_be_attached()
    assert room.evaluate("document.activeElement.tagName") != "IFRAME"  # or the page's keys would go there


def diagnose_and_prescribe(room):
    box(room, "Add a diagnosis").fill("J06.9")
    hit = room.get_by_role("button", name=re.compile("^J06.9"))
    hit.wait_for()
    click_until(hit, lambda timeout: expect(box(room, "Add a diagnosis")).to_have_value("", timeout=timeout))
    expect(room.get_by_text("Acute upper respiratory infection, unspecified")).to_be_visible()
    settle(room)
    box(room, "Add a medicine").fill("amoxi")
    hit = room.get_by_role("button", name=re.compile("^Amoxicillin"))
    hit.wait_for()
    click_until(hit, expect(box(room, "How often")).to_be_visible)
    settle(room)
    box(room, "How often").fill("TDS")
    box(room, "How often").press("Enter")
    settle(room)
    expect(room.get_by_text("15 capsules").first).to_be_visible()


def make_bill_and_take_cash(desk):
    go(desk, "Cash")
    desk.get_by_role("button", name="Make bill").dblclick()  # a double click makes one bill
    expect(desk.get_by_text("₹575.00").first).to_be_visible()  # 500.00 and 15 capsules at 5.00
    settle(desk)
    desk.get_by_role("button", name=re.compile("^Cash")).dblclick()
    expect(desk.get_by_text("Nobody owes anything.")).to_be_visible()
    expect(desk.get_by_text("Bills made today (1)")).to_be_visible()


def hand_over(pharmacist):
    go(pharmacist, "Counter")
    pharmacist.get_by_role("button", name="Open").click()
    settle(pharmacist)
    pharmacist.get_by_role("button", name="Hand over").dblclick()
    expect(pharmacist.get_by_test_id("stMain").get_by_text("Handed over to Asha Rao")).to_be_visible()
    for batch in ("OLD-1", "NEW-2"):  # the older delivery first, the rest from the newer
        expect(pharmacist.get_by_text(batch)).to_be_visible()
    expect(pharmacist.get_by_text("Nobody waits for medicines.")).to_be_visible()


def see_the_revenue(manager):
    for _ in range(40):  # the relay runs every few seconds, and a dashboard keeps what it read for twenty
        go(manager, "At a glance")
        if manager.get_by_text("₹575", exact=True).count():
            break
        manager.wait_for_timeout(1000)
    expect(manager.get_by_text("₹575", exact=True).first).to_be_visible()
    go(manager, "Revenue")
    expect(manager.get_by_text("Dr Anjali Sen").first).to_be_visible()
