"""The usual prescription without a mouse: a typed line and Enter, the name of a set and Enter. Keys are counted."""

import re

from playwright.sync_api import expect

from tests.browser.people import box, click_until, go, set_up, settle, sign_in, visitor
from tests.browser.test_clinic_day import add_medicine, add_person, register_with_token


def test_a_typed_line_and_the_name_of_a_set_take_one_enter_each(app, chromium):
    admin = set_up(chromium, app)
    add_person(admin, "sen", "Dr Anjali Sen", "Doctor")
    for name in ("Paracetamol 500 mg", "Cetirizine 10 mg"):
        add_medicine(admin, name, unit="tablet", price="2")
        admin.get_by_role("button", name="All medicines").click()
        settle(admin)
    register_with_token(admin, "Asha Rao", phone="9876543210", age="34")
    context = visitor(chromium)
    room = sign_in(context, app, "sen")
    go(room, "Room")
    room.keyboard.press("Alt+1")
    start = room.get_by_role("button", name="Start visit")
    click_until(start, expect(box(room, "Add a medicine")).to_be_visible)
    settle(room)

    typed(room, "para 500 1-0-1 5d pc")
    expect(room.get_by_text("1 tablet in the morning and at night, for 5 days, after food").first).to_be_visible()
    expect(room.get_by_text("10 tablets").first).to_be_visible()
    settle(room)
    typed(room, "cet hs 3d")
    expect(room.get_by_text("3 tablets").first).to_be_visible()
    save_as_set(room, "urti")
    remove_the_rows(room)
    assert typed(room, "urti") == 5  # the letters and Enter

    expect(room.get_by_text("10 tablets").first).to_be_visible()
    expect(room.get_by_text("3 tablets").first).to_be_visible()
    room.get_by_role("button", name="Issue prescription").click()
    expect(room.get_by_text("RX-000001").first).to_be_visible()
    context.close()
    admin.context.close()


def typed(room, line):
    """As quick as a hand can be: Enter comes before the screen has heard of the last letters. Returns the keys."""
    expect(box(room, "Add a medicine")).to_have_value("")
    room.keyboard.press("Alt+p")
    room.keyboard.type(line)
    room.keyboard.press("Enter")
    return len(line) + 1


def remove_the_rows(room):
    drops = room.locator("[class*='st-key-drop_']")
    for left in (1, 0):
        drops.first.get_by_role("button").first.click()
        expect(drops).to_have_count(left)
        settle(room)


def save_as_set(room, name):
    settle(room)
    room.get_by_role("button", name=re.compile("Sets$")).click()
    box(room, "Name").fill(name)
    box(room, "Name").press("Tab")
    settle(room)
    room.get_by_role("button", name="Save these medicines as a set").click()
    expect(room.get_by_role("button", name=re.compile(f"{name}$"))).to_be_visible()
    room.keyboard.press("Escape")
    settle(room)
