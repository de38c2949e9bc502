"""Counting on the screen, what leaves a batch by hand, and what the shelves are worth."""

import pytest

from core import inventory
from core.inventory import MovementReason, stock_takes
from pages.ui.stock import batch_steps
from tests.factories import a_batch, a_medicine
from tests.pages.test_stock import button, fill, primary, said


@pytest.fixture
def medicine(session):
    return a_medicine(session)


@pytest.fixture
def batch(session, medicine):
    return a_batch(session, medicine, 40, number="AMX-1", supplier="Apollo")


def reasons(session, actor, batch):
    return [(m.reason, m.change) for m in inventory.movements(session, actor, batch_id=batch.batch_id)]


def of_medicine(open_page, actor, batch):
    return open_page("stock", actor, {"medicine": str(batch.medicine_id)})


def test_a_stock_take_is_begun_counted_explained_and_posted(session, open_page, pharmacist, batch):
    page = open_page("stock", pharmacist, {"view": "Count"})
    button(page, "Begin a stock-take").click().run()
    fill(page, Batch=batch.batch_id)
    page.run()
    assert "40" not in said(page)  # who counts does not know what the books say
    fill(page, **{"Counted, capsules": 37})
    button(page, "Count").click().run()
    page.segmented_control(key="count_how").set_value("Differences").run()
    fill(page, Why="Lost")
    button(page, "Keep the reasons and post").click().run()
    primary(page, "Post").click().run()

    assert reasons(session, pharmacist, batch)[0] == (MovementReason.ADJUSTED, -3)
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["Books"], row["Counted"], row["Difference"], row["Why"]) == (40, 37, -3, "Lost")


@pytest.mark.parametrize(("code", "answer"), [("amx-1", 37), ("8901234567894", "not in the books: receive it")])
def test_what_is_scanned_is_the_batch_to_count_or_is_not_in_the_books(
    session, open_page, pharmacist, batch, code, answer
):
    take = stock_takes.start(session, pharmacist).summary
    page = open_page("stock", pharmacist, {"view": "Count"})

    page.session_state["count_scan"] = code
    page.run()
    if isinstance(answer, str):
        assert answer in page.error[0].value
        return
    fill(page, **{"Counted, capsules": 2.5})
    button(page, "Count").click().run()
    assert "whole units: 2.5 is none" in page.error[0].value
    fill(page, **{"Counted, capsules": answer})
    button(page, "Count").click().run()

    assert [line.counted for line in stock_takes.get(session, pharmacist, take.stock_take_id).lines] == [answer]


def test_a_difference_without_a_reason_is_not_posted(session, open_page, pharmacist, batch):
    take = stock_takes.start(session, pharmacist).summary
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 37)
    page = open_page("stock", pharmacist, {"view": "Count"})

    button(page, "Post").click().run()
    primary(page, "Post").click().run()

    assert "Say why the count differs" in page.error[0].value
    assert stock_takes.open_one(session, pharmacist) is not None


def test_counts_typed_from_the_sheet_stay_with_their_batches_while_somebody_else_counts(
    session, open_page, pharmacist, admin, batch
):
    zinc = a_batch(session, a_medicine(session, "Zinc"), 5)
    take = stock_takes.start(session, pharmacist).summary
    page = open_page("stock", pharmacist, {"view": "Count"})
    page.segmented_control(key="count_how").set_value("From the sheet").run()
    form = page.session_state[f"form:count_sheet_{take.stock_take_id}"]

    page.session_state[f"{form}_rows"] = {"edited_rows": {1: {"Counted": 4}}, "added_rows": [], "deleted_rows": []}
    stock_takes.count(session, admin, take.stock_take_id, batch.batch_id, 40)
    page.run()
    button(page, "Save 1 count").click().run()

    lines = stock_takes.get(session, pharmacist, take.stock_take_id).lines
    assert [(line.batch.batch_id, line.counted) for line in lines] == [(batch.batch_id, 40), (zinc.batch_id, 4)]


def test_what_is_typed_on_the_sheet_stays_with_its_batch_while_others_count(session, open_page, pharmacist, batch):
    zinc = a_batch(session, a_medicine(session, "Zinc"), 5, number="Z1")
    take = stock_takes.start(session, pharmacist).summary
    page = open_page("stock", pharmacist, {"view": "Count"})
    page.segmented_control(key="count_how").set_value("From the sheet").run()
    form = page.session_state[f"form:count_sheet_{take.stock_take_id}"]
    page.session_state[f"{form}_rows"] = {"edited_rows": {1: {"Counted": 4}}, "added_rows": [], "deleted_rows": []}
    page.run()

    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 40)
    a_batch(session, a_medicine(session, "Zinnia"), 7)
    page.run()
    button(page, "Save 1 count").click().run()

    counted = {line.batch.batch_id: line.counted for line in stock_takes.open_one(session, pharmacist).lines}
    assert counted == {batch.batch_id: 40, zinc.batch_id: 4}


def test_a_reason_said_before_stays_with_its_difference(session, open_page, pharmacist, batch):
    take = stock_takes.start(session, pharmacist).summary
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 37, "Dropped")
    page = open_page("stock", pharmacist, {"view": "Count"})
    page.segmented_control(key="count_how").set_value("Differences").run()

    button(page, "Keep the reasons and post").click().run()
    primary(page, "Post").click().run()

    (line,) = stock_takes.get(session, pharmacist, take.stock_take_id).lines
    assert line.reason == "Dropped"
    assert reasons(session, pharmacist, batch)[0] == (MovementReason.ADJUSTED, -3)


def test_a_batch_that_was_counted_by_mistake_is_taken_out(session, open_page, pharmacist, batch):
    take = stock_takes.start(session, pharmacist).summary
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 4)
    page = open_page("stock", pharmacist, {"view": "Count"})

    next(each for each in page.button if each.help == "Not counted after all").click().run()

    assert not page.error
    assert stock_takes.open_one(session, pharmacist).lines == ()


def test_a_stock_take_is_given_up_and_listed(session, open_page, pharmacist, batch):
    stock_takes.start(session, pharmacist, "Shelf A")
    page = open_page("stock", pharmacist, {"view": "Count"})

    button(page, "Give up").click().run()
    button(page, "Give it up").click().run()

    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["State"], row["What"]) == ("Given up", "Shelf A")


def test_a_double_click_begins_one_stock_take(session, open_page, click_twice, pharmacist):
    page = open_page("stock", pharmacist, {"view": "Count"})

    click_twice(page, "stock_take", button(page, "Begin a stock-take"))

    assert not page.error
    assert len(stock_takes.list_(session, pharmacist)) == 1


@pytest.mark.parametrize(
    ("opens", "words", "more", "reason"),
    [
        (
            batch_steps.WRITE_OFF,
            ("Write off", "Damaged, spoilt or lost"),
            {"Why": "Damaged"},
            MovementReason.WRITTEN_OFF,
        ),
        (
            batch_steps.TRANSFER,
            ("Hand on", "Handed on"),
            {"Where to": "Lake branch", "Why": "Lent"},
            MovementReason.TRANSFERRED,
        ),
        (batch_steps.SEND_BACK, ("Send back", "Sent back"), {"Why": "Recalled"}, MovementReason.SENT_BACK),
    ],
)
def test_units_leave_a_batch_by_hand(session, open_page, pharmacist, batch, opens, words, more, reason):
    step, label = words
    page = of_medicine(open_page, pharmacist, batch)

    page.menu_button[0].click(opens).run()
    primary(page, step).click().run()
    assert "quantity must be between 1" in page.error[0].value
    fill(page, **{f"{label}, capsules": 2}, **more)
    primary(page, step).click().run()

    assert reasons(session, pharmacist, batch)[0] == (reason, -2)


def test_all_expired_batches_are_written_off_after_a_question(session, open_page, frozen_clock, pharmacist, medicine):
    for number in ("AMX-1", "AMX-2"):
        a_batch(session, medicine, 10, number=number, expires="2025-03-05")
    frozen_clock(day=10)
    page = open_page("stock", pharmacist, {"view": "Expiring"})

    next(each for each in page.button if each.label == "Write all off").click().run()
    primary(page, "Write all off").click().run()

    assert inventory.valuation(session, pharmacist).cost == 0
    assert "Nothing has expired" in said(page)


def test_the_value_is_told_as_of_now_and_of_a_moment_before(session, open_page, frozen_clock, pharmacist, batch):
    frozen_clock(day=10)
    inventory.write_off(session, pharmacist, batch.batch_id, 10, "Lost")
    page = open_page("stock", pharmacist, {"view": "Value"})

    assert [metric.value for metric in page.metric] == ["₹90.00", "₹90.00", "₹0.00"]
    page.segmented_control(key="value_as_of").set_value("End of yesterday").run()
    assert page.metric[0].value == "₹120.00"
    page.segmented_control(key="value_as_of").set_value("End of last month").run()
    assert "Nothing lay on the shelves" in said(page)


def test_a_bin_card_has_its_opening_and_closing_and_leaves_as_a_file(session, open_page, pharmacist, batch):
    page = of_medicine(open_page, pharmacist, batch)

    assert "0 on 2 Dec 2024" in said(page)
    assert "40 capsules" in said(page)
    assert {"CSV", "PDF"} <= {each.label for each in page.get("download_button")}
    assert list(page.dataframe[0].value["On hand"]) == [40]
