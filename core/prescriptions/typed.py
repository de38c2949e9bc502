"""A line as doctors type it: "para 500 1-0-1 5d pc" is a medicine to look for, and how it shall be taken.

Nothing is refused and nothing guessed: what is not understood before the first thing that is understood names the
medicine, and what follows after it is told to the patient as it stands.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core import dosage, fields
from core.models import Route

_MARK = "\x1f"
_NUMBER = r"(?<![0-9/.-])(?:[0-9]{1,4}(?:\.[0-9]{1,3})?|[½¼¾]|1/2|1/4|3/4)"
_FRACTIONS = {"½": "0.5", "1/2": "0.5", "¼": "0.25", "1/4": "0.25", "¾": "0.75", "3/4": "0.75"}
_UNITS = (
    r"tab(?:let)?s?|cap(?:sule)?s?|ml|puffs?|drops?|gtts?|sachets?|tsp|amp(?:oule)?s?|vials?|supp?(?:ositor(?:y|ies))?"
)
_MILLILITRES = {"tsp": 5}
_FREQUENCIES = {
    r"od|once (?:daily|a day)|daily|every day": "OD",
    r"bd|bid|twice (?:daily|a day)": "BD",
    r"tds|tid|thrice (?:daily|a day)|three times (?:daily|a day)": "TDS",
    r"qid|qds|four times (?:daily|a day)": "QID",
    r"hs|at bedtime|at night|nocte": "HS",
    r"sos|prn|when(?:ever)? needed|if needed|as needed": "SOS",
    r"stat|at once": "STAT",
    r"eod|alt(?:ernate)? days?|every other day": "EOD",
    r"qw|weekly|once (?:weekly|a week)|every week": "QW",
}
_HOURS = (
    r"q\s?([0-9]{1,2})\s?h(?:rly|ourly)?|([0-9]{1,2})\s?-?\s?(?:h|hrly|hourly)|every ([0-9]{1,2}) (?:h|hrs?|hours?)"
)
_PART = r"(?:[0-9]|[½¼¾]|1/2|1/4|3/4)"
_DAY = rf"(?<![0-9/-]){_PART}(?:\s?[-–—]\s?{_PART}){{2,3}}(?![0-9-])"
_LENGTHS = {
    r"(?:for |x\s?)?([0-9]{1,4})\s?-?(?:d|days?)": 1,
    r"(?:for |x\s?)?([0-9]{1,3})\s?-?(?:w|wks?|weeks?)": 7,
    r"(?:for |x\s?)?([0-9]{1,2})\s?-?(?:m|mths?|months?)": 30,
    rf"(?<={_MARK} )x\s?([0-9]{{1,3}})": 1,  # "bd x 5"; before the frequency it may be tablets
    r"([0-9]{1,3})/7": 1,
    r"([0-9]{1,2})/52": 7,
    r"([0-9]{1,2})/12": 30,
}
_TIMES = {
    r"pc|after (?:food|meals?)": "after food",
    r"ac|before (?:food|meals?)": "before food",
    r"(?:on )?(?:an )?empty stomach": "on an empty stomach",
    r"with (?:food|meals?)": "with food",
    r"with milk": "with milk",
}
_ROUTES = {
    "po": Route.ORAL,
    "im": Route.INTRAMUSCULAR,
    "iv": Route.INTRAVENOUS,
    "sc": Route.SUBCUTANEOUS,
    "pr": Route.RECTAL,
    "pv": Route.VAGINAL,
    "sl": Route.SUBLINGUAL,
    "l/a": Route.TOPICAL,
}
# Said of the medicine itself as often, so only understood after the first thing that is no name.
_PLACES = {
    r"(?:left |right |both |each )?eyes?": Route.EYE,
    r"(?:left |right |both |each )?ears?": Route.EAR,
    r"nose|nasal|(?:left |right |both |each )?nostrils?": Route.NASAL,
    r"la|top|topical|skin|local application": Route.TOPICAL,
    r"inh|inhaled": Route.INHALED,
}
_CREAMS = re.compile(r"\b(?:cream|gel|oint(?:ment)?|lotion)\b", re.IGNORECASE)
_SECOND = {"sos": "when needed", "prn": "when needed"}  # "1 tds sos": how often at most


@dataclass(frozen=True)
class TypedLine:
    """`words` name the medicine ("para 500"); what was not said is None or empty."""

    words: str
    dose: Decimal | None = None
    frequency: str | None = None
    duration_days: int | None = None
    route: Route | None = None
    instructions: str = ""


def typed_line(text: str) -> TypedLine:
    """Any text is a line; the worst that can happen is that all of it names a medicine."""
    said = TypedLine("")
    rest = f" {fields.line(text).replace(_MARK, ' ')} "
    for take in (_take_pattern, _take_hours, _take_frequency, _take_length, _take_time, _take_dose):
        said, rest = take(said, rest)
    name, mark, after = rest.partition(_MARK)
    if mark and not name.strip():  # how often was typed before what
        name, after = after.replace(_MARK, " "), ""
    said, name = _take_route_code(said, name) if mark else (said, name)
    said, after = _take_place(said, after)
    told = [said.instructions, *(_SECOND.get(part, part) for part in map(_trimmed, after.split(_MARK)))]
    return replace(said, words=_bare(name), instructions=", ".join(filter(None, told)))


def _take(pattern: str, text: str) -> tuple[re.Match[str] | None, str]:
    """The first match that stands as words of its own, and the text with a mark in its place."""
    match = re.search(rf"(?<=[\s,;{_MARK}])(?:{pattern})(?=[\s,;.{_MARK}])", text, re.IGNORECASE)
    return (match, f"{text[: match.start()]}{_MARK}{text[match.end() :]}") if match else (None, text)


def _take_pattern(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    """ "5-0-5" is 5 at a time; only unlike amounts stay in the pattern."""
    match, rest = _take(_DAY, text)
    parts = dosage.pattern(match[0]) if match else None
    if parts is None:
        return said, text
    amounts = {part for part in parts if part}
    unit = amounts.pop() if len(amounts) == 1 else Fraction(1)
    often = dosage.frequency(
        "-".join(str(int(bool(part))) for part in parts) if not amounts else str(match and match[0])
    )
    dose = Decimal(unit.numerator) / unit.denominator if unit != 1 or amounts else None
    return replace(said, frequency=often, dose=dose), rest


def _take_length(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    for pattern, days in _LENGTHS.items():
        match, rest = _take(pattern, text)
        if match:
            return replace(said, duration_days=int(match[1]) * days), rest
    return said, text


def _take_hours(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    match, rest = _take(_HOURS, text) if said.frequency is None else (None, text)
    often = dosage.frequency(f"{match[1] or match[2] or match[3]}H") if match else None
    return (replace(said, frequency=often), rest) if often else (said, text)


def _take_frequency(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    for pattern, often in _FREQUENCIES.items():
        match, rest = _take(pattern, text) if said.frequency is None else (None, text)
        if match:
            return replace(said, frequency=often), rest
    return said, text


def _take_time(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    for pattern, time in _TIMES.items():
        match, rest = _take(pattern, text)
        if match:
            return replace(said, instructions=time), rest
    return said, text


def _take_dose(said: TypedLine, text: str) -> tuple[TypedLine, str]:
    """With its unit; a bare number only between another one and the frequency: "para 500 2 bd"."""
    if said.dose is not None:
        return said, text
    match, rest = _take(rf"({_NUMBER})\s?({_UNITS})", text)
    times = _MILLILITRES.get(match[2].casefold(), 1) if match else 1
    if match is None:
        match, rest = _take(r"([½¼¾]|1/2|1/4|3/4)", text)
    if match is None:
        bare = re.search(rf"[0-9][^{_MARK}]*\s([0-9](?:\.5)?)\s*{_MARK}", text)
        if bare is None or said.frequency is None:
            return said, text
        match, rest = bare, f"{text[: bare.start(1)]}{_MARK}{text[bare.end(1) :]}"
    dose = Decimal(_FRACTIONS.get(match[1], match[1])) * times
    return (replace(said, dose=dose), rest) if dose else (said, text)


def _take_route_code(said: TypedLine, name: str) -> tuple[TypedLine, str]:
    """ "ceftriaxone 1 g iv" before "stat"; "la" only of a cream, as "Inderal LA" is a name."""
    before, _, last = name.strip().rpartition(" ")
    code = "l/a" if last.casefold() == "la" and _CREAMS.search(before) else last.casefold()
    route = _ROUTES.get(code) if before else None
    return (replace(said, route=route), before) if route else (said, name)


def _take_place(said: TypedLine, after: str) -> tuple[TypedLine, str]:
    places: dict[str, Route] = {**_ROUTES, **_PLACES}
    for pattern, route in places.items():
        match, rest = _take(rf"(?:in(?:to)? (?:the )?)?(?:{pattern})", f" {after} ")
        if match:
            side = re.search(r"(?:left|right|both|each) \w+", match[0], re.IGNORECASE)
            told = ", ".join(filter(None, [said.instructions, side[0].casefold() if side else ""]))
            return replace(said, route=route, instructions=told), rest
    return said, after


def _trimmed(text: str) -> str:
    return text.strip(" ,;.")


def _bare(name: str) -> str:
    """Without the form in front, which not every medicine has in its name: "Tab. para 500"."""
    words = " ".join(name.replace(_MARK, " ").split()).strip(" ,;")
    return re.sub(
        r"^(?:(?:tab(?:let)?s?|cap(?:sule)?s?|syp|syr(?:up)?|inj(?:ection)?|oint)\.?|[tci]\.)\s+(?=\S)",
        "",
        words,
        flags=re.IGNORECASE,
    )
