"""As chart_frames: frames of patients, diagnoses and prescribing."""

import numpy as np
import pandas as pd

from tests.core.chart_frames import months_from


def patients_per_month(months=0):
    place = np.arange(months)
    new, back = 120 + place % 5 * 7, 60 + place * 6
    known = {"month": months_from(months), "visits": (new + back) * 2, "patients": new + back}
    types = {"month": "datetime64[s]"} | dict.fromkeys(["visits", "patients", "new_patients", "returning"], "int64")
    return pd.DataFrame(known | {"new_patients": new, "returning": back}, columns=list(types)).astype(types)


def retention(months=0):
    """A triangle: the newest cohort has only its first month; few patients are suppressed."""
    rows = [(cohort, since) for cohort in range(months) for since in range(months - cohort)]
    starts = months_from(months)
    size = [40 + cohort * 9 for cohort, _ in rows]
    patients = np.array(
        [of if since == 0 else of * (0.34 - 0.02 * since) for of, (_, since) in zip(size, rows, strict=True)]
    ).round()
    patients = np.where((patients > 0) & (patients < 8), np.nan, np.clip(patients, 0, None))
    known = {"cohort": [starts[cohort] for cohort, _ in rows], "months_since": [since for _, since in rows]}
    types = {"cohort": "datetime64[s]", "months_since": "int64", "size": "int64", "patients": "float64"}
    frame = pd.DataFrame(known | {"size": size, "patients": patients}, columns=list(types)).astype(types)
    return frame.assign(share=frame["patients"] / frame["size"])


def diagnoses_per_month(months=0, codes=12):
    texts = ["Acute upper respiratory infection, unspecified", "Essential (primary) hypertension", "Type 2 diabetes"]
    rows = pd.MultiIndex.from_product([months_from(months), range(codes)]).to_frame(index=False)
    place, month = rows.iloc[:, 1].astype("int64"), rows.iloc[:, 0].dt.month.astype("int64")
    season = 1 + 0.8 * np.cos((month - place) / 6 * np.pi)
    visits = (90 / (place + 1) * season + 1).round()
    code = np.where(place == codes - 1, "RARE", [f"J{at:02d}.9" for at in place])
    text = np.where(place == codes - 1, "Rare diagnoses", [texts[at % 3] for at in place])
    told = visits.where((visits == 0) | (visits >= 8))
    types = {"month": "datetime64[s]", "code": "str", "text": "str", "visits": "float64", "patients": "float64"}
    known = {"month": rows.iloc[:, 0], "code": code, "text": text, "visits": told, "patients": told}
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)


def prescribing(months=0, doctors=("Dr Sen", "Dr Iyer", "Dr Khan")):
    rows = pd.MultiIndex.from_product([months_from(months), range(len(doctors))]).to_frame(index=False)
    place = rows.iloc[:, 1].astype("int64")
    visits = 300 + place * 40
    types = {"month": "datetime64[s]", "doctor": "str"}
    types |= dict.fromkeys(["visits", "prescribed", "antibiotics", "items", "overridden"], "int64")
    known = {"month": rows.iloc[:, 0], "doctor": [doctors[at] for at in place], "visits": visits, "items": visits * 2}
    known |= {"prescribed": visits - 30, "antibiotics": visits // (place + 4), "overridden": visits // 20 + place * 9}
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)


def overrides(months=0):
    kinds = ["ALLERGY", "DUPLICATE", "INTERACTION", "DOSE", "AGE"]
    rows = pd.MultiIndex.from_product([months_from(months), kinds]).to_frame(index=False)
    types = {"month": "datetime64[s]", "doctor": "str", "kind": pd.CategoricalDtype(kinds), "medicine": "str"}
    known = {"month": rows.iloc[:, 0], "doctor": "Dr Sen", "kind": rows.iloc[:, 1], "medicine": "Naproxen"}
    known["items"] = rows.iloc[:, 1].map({kind: 3 * place for place, kind in enumerate(kinds)})
    types["items"] = "int64"
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)


def medicines_per_month(months=0, medicines=20):
    """The last of them stands for those too rare to be told of."""
    rows = pd.MultiIndex.from_product([months_from(months), range(medicines)]).to_frame(index=False)
    place = rows.iloc[:, 1].astype("int64")
    types = {"month": "datetime64[s]", "medicine_id": "int64", "medicine": "str", "generic": "str"}
    types |= {"items": "float64", "patients": "float64"}
    known = {"month": rows.iloc[:, 0], "medicine_id": place, "generic": "generic", "items": 400.0 / (place + 1)}
    names = [f"Medicine {at} 500 mg" for at in range(medicines - 1)] + ["RARE"]
    known |= {"medicine": [names[at] for at in place], "patients": known["items"] * 0.8}
    return pd.DataFrame(known, columns=list(types), index=rows.index).astype(types)
