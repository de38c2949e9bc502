"""A cohort as it was clicked together, and the code that counts it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from core import fields

SEXES = ("FEMALE", "MALE", "OTHER", "UNKNOWN")
FOLLOW_UP = ("set", "not set")
# What can be counted by, and how it is made of a cohort of visits; None: a column of the frame it is.
DIMENSIONS: Mapping[str, str | None] = MappingProxyType(
    {
        "month": 'cohort["visit_date"].dt.strftime("%Y-%m")',
        "weekday": 'pd.Categorical(cohort["visit_date"].dt.day_name(), lab.WEEKDAYS, ordered=True)',
        "hour": None,
        "sex": None,
        "age_band": None,
        "doctor": None,
        "diagnosis_code": None,
        "medicine": None,
        "follow_up": 'cohort["follow_up_days"].notna().map({True: "set", False: "not set"})',
    }
)
MOST_DIMENSIONS = 2
_CODE = re.compile(r"[A-Za-z]\d[\dA-Za-z]?\.?\w{0,4}")
_NUMBERS = 'visits=("visit", "nunique"), patients=("patient", "nunique")'
_GIVEN = 'prescriptions[["visit", "medicine"]].drop_duplicates()'


@dataclass(frozen=True)
class Result:
    """`table` holds the dimensions, visits, patients and hidden (see `guarded`); `total` the same of all, one row."""

    table: pd.DataFrame
    total: pd.DataFrame


@dataclass(frozen=True)
class Cohort:
    """What is left empty does not narrow. `diagnosis`: codes or words, separated by commas; any of them counts."""

    first: date | None = None
    last: date | None = None
    age_bands: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    diagnosis: str = ""
    medicines: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    hours: tuple[int, int] = (0, 23)
    follow_up: str = ""
    by: tuple[str, ...] = ()
    to_share: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a dimension that there is not, or for more than two."""
        if set(self.by) - set(DIMENSIONS) or len(set(self.by)) != len(self.by) or len(self.by) > MOST_DIMENSIONS:
            raise ValueError(f"cannot be counted by {', '.join(self.by)}")

    @property
    def frames(self) -> tuple[str, ...]:
        """The functions of core.analytics that are read."""
        medicines = self.medicines or "medicine" in self.by
        wanted = {"visits": True, "diagnoses": self.terms, "prescriptions": medicines}
        return tuple(name for name, is_read in wanted.items() if is_read)

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(filter(None, (fields.line(term)[:100] for term in self.diagnosis.split(",")[:20])))

    def code(self) -> str:
        """Python that runs as it is; `table` and `total` are what it makes."""
        return f"{self.imports()}\n\n{self.reading()}\n\n{self.counting()}\n"

    def imports(self) -> str:
        days = "from datetime import date\n\n" if self.first or self.last else ""
        return f"{days}import pandas as pd\n\nfrom core import analytics\nfrom core.analytics import lab"

    def reading(self) -> str:
        """The lines that read the frames."""
        period = ", ".join(
            f"{name}=date({day.year}, {day.month}, {day.day})"
            for name, day in (("first", self.first), ("last", self.last))
            if day
        )
        return "\n".join(f"{name} = analytics.{name}({period})" for name in self.frames)

    def counting(self) -> str:
        """The lines that narrow and count."""
        return "\n".join(["cohort = visits", *self._narrowed(), "", *self._grouped(), "", *self._totalled()])

    def run(self, frames: Mapping[str, pd.DataFrame] | None = None) -> Result:
        """Do what the code says; `frames` are those of `reading`, if they have been read already."""
        from core import analytics
        from core.analytics import lab

        names: dict[str, Any] = {"analytics": analytics, "date": date, "lab": lab, "pd": pd} | dict(frames or {})
        # Whatever was typed stands in the code as a quoted literal (`_quoted`): it is text, never a step.
        exec(self.counting() if frames else f"{self.reading()}\n{self.counting()}", names)
        return Result(names["table"], names["total"])

    def _narrowed(self) -> list[str]:
        chosen = {"sex": self.sexes, "age_band": self.age_bands, "doctor": self.doctors}
        steps = [f'cohort["{name}"].isin({_quoted(list(values))})' for name, values in chosen.items() if values]
        if self.weekdays:
            steps.append(f'cohort["visit_date"].dt.day_name().isin({_quoted(list(self.weekdays))})')
        if self.hours != (0, 23):
            steps.append(f'cohort["hour"].between({self.hours[0]:d}, {self.hours[1]:d})')
        if self.follow_up:
            steps.append(f'cohort["follow_up_days"].{"notna" if self.follow_up == FOLLOW_UP[0] else "isna"}()')
        lines = [f"cohort = cohort[{step}]" for step in steps]
        lines += self._diagnosed()
        if self.medicines:
            lines += [
                f'given = prescriptions["medicine"].isin({_quoted(list(self.medicines))})',
                'cohort = cohort[cohort["visit"].isin(prescriptions.loc[given, "visit"])]',
            ]
        return lines

    def _diagnosed(self) -> list[str]:
        """Codes by how they begin, words by where they stand in the text."""
        codes = [_code(term) for term in self.terms if _CODE.fullmatch(term)]
        words = [term for term in self.terms if not _CODE.fullmatch(term)]
        steps = [f'diagnoses["code"].str.startswith({_quoted(code)})' for code in codes]
        steps += [f'diagnoses["text"].str.contains({_quoted(word)}, case=False, regex=False)' for word in words]
        if not steps:
            return []
        found = [f"found {'|=' if place else '='} {step}" for place, step in enumerate(steps)]
        return [*found, 'cohort = cohort[cohort["visit"].isin(diagnoses.loc[found, "visit"])]']

    def _grouped(self) -> list[str]:
        if not self.by:
            return []
        made = [f"{name}={how}" for name in self.by if (how := DIMENSIONS[name])]
        lines = [f"groups = cohort.assign({step})" for step in made[:1]] or ["groups = cohort"]
        lines += [f"groups = groups.assign({step})".replace("cohort[", "groups[") for step in made[1:]]
        if "medicine" in self.by:
            lines.append(f'groups = groups.merge({_GIVEN}, on="visit")')
        return [
            *lines,
            f"counts = groups.groupby({_quoted(list(self.by))}, observed=True, dropna=False)",
            f"counts = counts.agg({_NUMBERS}).reset_index()",
            f"table = lab.guarded(counts{self._sharing()})",
        ]

    def _totalled(self) -> list[str]:
        lines = [
            'total = pd.DataFrame({"visits": [len(cohort)], "patients": [cohort["patient"].nunique()]})',
            f"total = lab.guarded(total{self._sharing()})",
        ]
        return lines if self.by else [*lines, "table = total"]

    def _sharing(self) -> str:
        return ", to_share=True" if self.to_share else ""


def _quoted(value: object) -> str:
    """A literal that Python reads back as it is."""
    return json.dumps(value, ensure_ascii=False)


def _code(term: str) -> str:
    """ "j069" as it is kept: "J06.9"."""
    bare = term.upper().replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare
