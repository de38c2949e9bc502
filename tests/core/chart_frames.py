"""Small frames of exactly the columns and types that core.analytics gives, for the tests of figures."""

import numpy as np
import pandas as pd

from core.bill_ages import AGES

FIRST = "2025-03-01"  # a Saturday
COUNTS = ["visits", "patients", "arrivals", "appointments", "no_shows", "invoices", "medicines_dispensed"]
COUNTS += ["new_patients", "left", "slots", "cancelled", "follow_ups_due", "follow_ups_kept"]
COUNTS += ["reminded", "wishes", "wishes_met"]
CARE = ["prescriptions", "prescriptions_changed", "prescribed_items", "overridden_items"]
CARE += ["papers", "sick_notes", "amendments", "struck", "reopened"]
DRAWERS = ["credit_notes", "drawers_closed", "medicines_returned"]
ADVANCES = ["advance_received", "advance_paid_out", "advance_applied", "advance_credited", "cash_short", "cash_over"]
MONEY = ["billed", "revenue", "received", "refunded", "subtotal", "discount", "tax", "due"]


def days_from(number, first=FIRST):
    return pd.date_range(first, periods=number, unit="s", name="date")


def a_frame(types, **columns):
    """A frame of these columns and types; no columns given: an empty one."""
    given = {name: columns.get(name, pd.Series(dtype=object)) for name in types}
    return pd.DataFrame(given).astype(types)


def summaries(number=0, first=FIRST, seed=1, **fixed):
    """Sundays are closed. A column may be fixed by name."""
    random, days = np.random.default_rng(seed), days_from(number, first)
    types = {"is_open": "bool", "is_over": "bool"} | dict.fromkeys(COUNTS, "int64") | dict.fromkeys(MONEY, "float64")
    types |= dict.fromkeys(CARE, "int64") | dict.fromkeys(DRAWERS, "int64") | dict.fromkeys(ADVANCES, "float64")
    is_open = np.asarray(days.day_of_week != 6)
    visits = random.poisson(42, number) * is_open
    columns = {"is_open": is_open, "is_over": True, "visits": visits, "patients": visits, "invoices": visits}
    columns |= {"left": random.poisson(2, number) * is_open, "slots": 40 * is_open, "cancelled": is_open * 2}
    columns |= {
        "arrivals": visits + columns["left"],
        "appointments": np.minimum(random.poisson(25, number), 40) * is_open,
    }
    columns |= {"no_shows": random.binomial(columns["appointments"], 0.12), "new_patients": visits // 4}
    columns |= {"medicines_dispensed": visits * 18, "follow_ups_due": visits // 3}
    columns |= {"follow_ups_kept": random.binomial(columns["follow_ups_due"], 0.6)}
    columns |= {"reminded": columns["appointments"] // 2, "wishes": 0, "wishes_met": 0}
    columns |= dict.fromkeys((*CARE, *DRAWERS, *ADVANCES), 0)
    subtotal = visits * random.uniform(500, 640, number).round(2)
    columns |= {"subtotal": subtotal, "discount": (subtotal * 0.04).round(2), "tax": (subtotal * 0.05).round(2)}
    columns["billed"] = columns["subtotal"] - columns["discount"] + columns["tax"]
    columns |= {"due": (columns["billed"] * 0.07).round(2), "refunded": (columns["billed"] * 0.01).round(2)}
    columns["revenue"] = columns["billed"] - columns["due"] - columns["refunded"]
    columns["received"] = columns["revenue"] + columns["refunded"]
    return pd.DataFrame(columns | fixed, index=days, columns=list(types)).astype(types)


def by_doctor(number=0, doctors=("Dr Sen", "Dr Iyer", "Dr Khan"), first=FIRST):
    types = {"date": "datetime64[s]", "doctor_id": "Int64", "doctor": "str"}
    types |= {"visits": "int64", "invoices": "int64", "billed": "float64", "revenue": "float64"}
    rows = pd.MultiIndex.from_product([days_from(number, first), range(len(doctors))]).to_frame(index=False)
    place = rows.iloc[:, 1].astype("int64")
    billed = 9000.0 / (place + 1.3)
    known = {"date": rows.iloc[:, 0], "doctor_id": place + 1, "doctor": [doctors[at] for at in place], "visits": 9}
    return a_frame(types, **known, invoices=pd.Series(9, rows.index), billed=billed, revenue=billed * 0.93)


def receipts(number=0, **amounts):
    amounts = amounts or {"UPI": 9000.0, "CASH": 7000.0, "CARD": 3000.0, "INSURANCE": 500.0, "TRANSFER": -120.0}
    rows = pd.MultiIndex.from_product([days_from(number), list(amounts)]).to_frame(index=False)
    sums = rows.iloc[:, 1].map(amounts)
    types = {"date": "datetime64[s]", "method": "str", "amount": "float64"}
    return a_frame(types, date=rows.iloc[:, 0], method=rows.iloc[:, 1], amount=sums)


def kinds(number=0):
    billed = {"CONSULTATION": 12000.0, "MEDICINE": 8200.0, "SERVICE": 3000.0, "OTHER": 90.0}
    frame = receipts(number, **billed)
    return frame.rename(columns={"method": "kind", "amount": "billed"})


def payments(number=0, seed=1):
    random, days = np.random.default_rng(seed), days_from(number).repeat(20)
    days = days[days.day_of_week != 6]
    is_refund = random.random(len(days)) < 0.02
    amount = random.uniform(200, 900, len(days)).round(2) * np.where(is_refund, -1, 1)
    types = {"date": "datetime64[s]", "method": "str", "amount": "float64", "is_refund": "bool", "number": "str"}
    types |= {"issued": "datetime64[s]", "doctor": "str"}
    known = {
        "date": days,
        "method": "CASH",
        "amount": amount,
        "is_refund": is_refund,
        "number": "INV-1",
        "issued": days,
    }
    return pd.DataFrame(known | {"doctor": "Dr Sen"}, columns=list(types)).astype(types)


def receivables(number=0):
    types = {"date": "datetime64[s]", "number": "str", "doctor": "str", "payer": "str"}
    types |= {"total": "float64", "due": "float64", "age_days": "int64"}
    place = np.arange(number)
    age = place * 7
    known = {"date": days_from(number), "number": "INV-1", "doctor": "Dr Sen", "payer": "p1", "age_days": age}
    frame = pd.DataFrame(known | {"total": 500.0, "due": 120.0 + place}, columns=list(types)).astype(types)
    band = pd.cut(frame["age_days"], [-1, 30, 60, 90, 10**6], labels=list(AGES))
    return frame.assign(age_band=band)


def waits(number=0, doctors=("Dr Sen", "Dr Iyer", "Dr Khan"), seed=1, per_day=50, first=FIRST):
    """Sundays are closed; it is slow at ten, one in twenty leaves unseen."""
    random, days = np.random.default_rng(seed), days_from(number, first).repeat(per_day)
    days = days[days.day_of_week != 6]
    size = len(days)
    arrived = np.sort(random.uniform(9 * 60, 19 * 60, size).round(1))
    random.shuffle(arrived)
    hour = (arrived // 60).astype("int64")
    left = random.random(size) < 0.05
    told = np.where(np.isin(hour, [10, 11]), 30.0, 14.0)
    waited = np.where(left, np.nan, random.gamma(2.2, told / 2).round(1))
    who = random.integers(0, max(len(doctors), 1), size)
    consulted = np.where(left, np.nan, random.gamma(6, (6 + who % 5 * 2) / 6).round(1))
    known = {"date": days, "weekday": days.day_of_week, "hour": hour, "number": np.arange(size) % per_day + 1}
    known |= {"doctor": [doctors[at] for at in who], "priority": "NORMAL", "booked": random.random(size) < 0.5}
    known |= {"left": left, "arrived": arrived, "called": arrived + waited, "finished": arrived + waited + consulted}
    known |= {"waited_minutes": waited, "consulted_minutes": consulted, "said_p50": told, "said_p90": told * 1.9}
    types = {"date": "datetime64[s]", "weekday": "int64", "hour": "int64", "number": "int64", "doctor": "category"}
    types |= {"priority": "category", "booked": "bool", "left": "bool"}
    floats = ["arrived", "called", "finished", "waited_minutes", "consulted_minutes", "said_p50", "said_p90"]
    return pd.DataFrame(known, columns=[*types, *floats]).astype(types | dict.fromkeys(floats, "float64"))


def on_hand(number=0, **fixed):
    place = np.arange(number)
    types = {"medicine_id": "int64", "medicine": "str", "generic": "str", "unit": "str", "on_hand": "int64"}
    types |= {"expired": "int64", "blocked": "int64", "value": "float64", "reorder_level": "int64"}
    types |= {"used_per_day": "float64", "days_of_cover": "float64", "supplier": "str", "lead_days": "float64"}
    types |= {"on_order": "int64", "controlled": "bool", "last_dispensed": "datetime64[s]"}
    used = np.where(place % 6 == 5, 0.0, 4.0 + place % 7)
    units = place * 23
    known = {"medicine_id": place, "medicine": [f"Medicine {at} 500 mg" for at in place], "generic": "generic"}
    known |= {"unit": "tablet", "on_hand": units, "expired": place % 3, "blocked": 0, "value": units * 2.5}
    cover = np.where(used > 0, units / np.where(used > 0, used, 1), np.inf)
    known |= {"reorder_level": 100, "used_per_day": used, "days_of_cover": cover}
    known |= {"supplier": "Metro Pharma", "on_order": 0, "controlled": False}
    known |= {"lead_days": np.where(place % 4 == 3, np.nan, 7.0), "last_dispensed": pd.Timestamp(FIRST)}
    return pd.DataFrame(known | fixed, columns=list(types)).astype(types)


def expiry(number=0):
    place = np.arange(number)
    left = place * 17 - 20
    types = {"medicine_id": "int64", "medicine": "str", "unit": "str", "batch_number": "str"}
    types |= {"expires_on": "datetime64[s]", "days_left": "int64", "on_hand": "int64", "value": "float64"}
    types |= {"at_risk_units": "float64", "at_risk_value": "float64"}
    known = {
        "medicine_id": place,
        "medicine": [f"Medicine {at}" for at in place],
        "unit": "tablet",
        "batch_number": "B1",
    }
    known |= {"expires_on": pd.Timestamp(FIRST) + pd.to_timedelta(left, unit="D"), "days_left": left, "on_hand": 90}
    risk = np.clip(90 - np.clip(left, 0, None) * 0.5, 0, 90)
    known |= {"value": 270.0, "at_risk_units": risk, "at_risk_value": risk * 3}
    return pd.DataFrame(known, columns=list(types)).astype(types)


def consumption(months=0, medicines=30):
    rows = pd.MultiIndex.from_product([months_from(months), range(medicines)]).to_frame(index=False)
    place = rows.iloc[:, 1].astype("int64")
    types = {"month": "datetime64[s]", "medicine_id": "int64", "medicine": "str"}
    kinds = ["received", "dispensed", "returned", "expired", "adjusted", "written_off", "transferred", "sent_back"]
    values = [f"{kind}_value" for kind in kinds]
    types |= dict.fromkeys(kinds, "int64") | dict.fromkeys([*values, "value_change"], "float64")
    units = 900 // (place + 1)
    month = (rows.iloc[:, 0].dt.month % 4).astype("int64")
    known = {"month": rows.iloc[:, 0], "medicine_id": place, "medicine": [f"Medicine {at} 500 mg" for at in place]}
    known |= {"received": units + 40 - month * 20, "dispensed": units, "returned": 0, "expired": 1, "adjusted": 0}
    known |= dict.fromkeys((*kinds[5:], *values), 0)
    known |= {"received_value": known["received"] * 3.0, "dispensed_value": units * 3.0, "expired_value": 3.0}
    known["value_change"] = known["received_value"] - known["dispensed_value"] - 3.0
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)


def refunds(number=0):
    """Three reasons in turn."""
    place = np.arange(number)
    types = {"date": "datetime64[s]", "issued": "datetime64[s]", "days_after": "int64", "doctor": "str"}
    types |= {"reason": "str", "method": "str", "amount": "float64"}
    reasons = ["Not tolerated", "Charged twice", "Other reasons"]
    known = {"date": days_from(number), "issued": days_from(number), "days_after": 0, "doctor": "Dr Sen"}
    known |= {"reason": [reasons[at % 3] for at in place], "method": "CASH", "amount": 90.0 - place % 3 * 20}
    return pd.DataFrame(known, columns=list(types)).astype(types)


def day_closes(number=0, differences=(0.0, 0.0, -50.0, 10.0)):
    place = np.arange(number)
    moneys = ["opened_with", "taken", "expected", "counted", "difference", "left_in_drawer"]
    types = {"date": "datetime64[s]", "drawer": "str"} | dict.fromkeys(moneys, "float64")
    difference = np.array([differences[at % len(differences)] for at in place], dtype="float64")
    known = {"date": days_from(number), "drawer": "Drawer 3", "opened_with": 500.0, "taken": 4000.0}
    known |= {"expected": 4500.0, "counted": 4500.0 + difference, "difference": difference, "left_in_drawer": 500.0}
    return pd.DataFrame(known, columns=list(types)).astype(types)


def stock_losses(months=0):
    reasons = ["EXPIRED", "WRITTEN_OFF", "ADJUSTED"]
    rows = pd.MultiIndex.from_product([months_from(months), reasons]).to_frame(index=False)
    types = {"month": "datetime64[s]", "medicine_id": "int64", "medicine": "str"}
    types |= {"reason": pd.CategoricalDtype(reasons), "units": "int64", "lost_value": "float64"}
    units = rows.iloc[:, 1].map({"EXPIRED": 30, "WRITTEN_OFF": 12, "ADJUSTED": -2}).astype("int64")
    known = {"month": rows.iloc[:, 0], "medicine_id": 1, "medicine": "Medicine 1 500 mg", "reason": rows.iloc[:, 1]}
    known |= {"units": units, "lost_value": units * 3.0}
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)


def purchase_orders(number=0, suppliers=("Metro Pharma", "Sun Pharma")):
    """The first supplier is two days late; of the last order nothing came yet."""
    place = np.arange(number)
    days = ["date", "expected", "arrived", "last_arrived"]
    types = {"date": "datetime64[s]", "number": "str", "supplier": "str", "state": "str"}
    types |= dict.fromkeys(days[1:], "datetime64[s]")
    types |= dict.fromkeys(["days_promised", "days_taken", "days_late"], "float64")
    types |= dict.fromkeys(["lines", "ordered_units", "received_units", "short_units"], "int64")
    late = np.where(place % len(suppliers) == 0, 2.0, 0.0)
    came = np.where(place == number - 1, np.nan, 3.0 + late)
    ordered = days_from(number)
    arrived = ordered + pd.to_timedelta(came, unit="D")
    known = {"date": ordered, "number": "PO-1", "supplier": [suppliers[at % len(suppliers)] for at in place]}
    known |= {"state": "RECEIVED", "expected": ordered + pd.Timedelta(days=3), "arrived": arrived}
    known |= {"last_arrived": arrived, "days_promised": 3.0, "days_taken": came, "days_late": came - 3.0, "lines": 2}
    known |= {"ordered_units": 100, "received_units": 90, "short_units": 10, "ordered_value": 300.0}
    return pd.DataFrame(known, columns=[*types, "ordered_value"]).astype(types | {"ordered_value": "float64"})


def months_from(number, first="2024-03-01"):
    return pd.date_range(first, periods=number, freq="MS", unit="s")
