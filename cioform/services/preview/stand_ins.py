"""Stand-in people: values for the data that a message uses, made up from its names.

Five people show what real data does to a message: a typical one, one of whom nothing is known,
one with long values, one who writes from right to left, and one with quotes and HTML in the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass

_MOMENT: Final = 1_767_261_600
"""2026-01-01 10:00 UTC, the time of all stand-in values."""
Texts: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StandIn:
    """A person who does not exist."""

    name: str
    note: str
    texts: Texts
    """Values by the end of a name; the one for "" is for all other texts, in which `{}` stands for
    the name in words."""
    items: int = 3
    """How many items its lists have."""
    number: float = 3
    amount: float = 29.5
    is_blank: bool = False
    """Whether all values are empty."""
    uses_samples: bool = False
    """Whether the samples of the files in `_data` are its values."""


_TYPICAL: Final[Texts] = {
    "first_name": "Anna",
    "last_name": "Berg",
    "full_name": "Anna Berg",
    "email": "anna.berg@example.com",
    "phone": "+4915112345678",
    "city": "Oslo",
    "country": "Norway",
    "country_code": "NO",
    "language": "en",
    "locale": "en",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "company": "Northwind",
    "plan": "Pro",
    "gender": "female",
    "code": "482913",
    "url": "https://example.com/page",
    "link": "https://example.com/page",
    "image": "https://example.com/picture.png",
    "avatar": "https://example.com/picture.png",
    "photo": "https://example.com/picture.png",
    "id": "a1042",
    "number": "A-1042",
    "": "{}",
}
_AMOUNTS: Final = ("price", "amount", "total", "cost", "balance")
_COUNTS: Final = (
    *("count", "qty", "quantity", "points", "score", "days", "hours", "minutes", "age"),
    *("percent", "level", "streak", "correct"),
)
"""The ends of names of numbers."""
_LONG_WORD: Final = "Wolfeschlegelsteinhausenbergerdorff"
_SAFE: Final = {
    name: _TYPICAL[name]
    for name in ("language", "locale", "timezone", "currency", "url", "link", "image", "avatar",
                 "photo", "id", "phone")
}  # fmt: skip

STAND_INS: Final = (
    StandIn("typical", "every value is set", _TYPICAL, uses_samples=True),
    StandIn("blank", "only ID and e-mail address are known", {}, items=0, is_blank=True),
    StandIn(
        "longest",
        "long names, large numbers, many items",
        {
            **_SAFE,
            "first_name": f"Hubert Blaine {_LONG_WORD}",
            "last_name": f"{_LONG_WORD} Senior",
            "full_name": f"Hubert Blaine {_LONG_WORD} Senior",
            "email": f"hubert.blaine.{_LONG_WORD.lower()}@subsidiary.example.com",
            "url": "https://example.com/a/rather/long/path?with=many&parameters=" + "x" * 80,
            "": "{} that goes on and on, because somebody had a lot to say about it that day",
        },
        items=12,
        number=1_234_567,
        amount=1_234_567.89,
    ),
    StandIn(
        "right-to-left",
        "Arabic values",
        {
            **_SAFE,
            "language": "ar",
            "locale": "ar",
            "first_name": "نور",
            "last_name": "الهاشمي",
            "full_name": "نور الهاشمي",
            "email": "nour@example.com",
            "city": "القاهرة",
            "country": "مصر",
            "": "نص تجريبي",
        },
    ),
    StandIn(
        "quotes",
        "quotes, HTML and Liquid in the values",
        {
            **_SAFE,
            "email": 'o\'brien+"x"@example.com',
            "": 'O\'Brien "Ace" <b>&amp;</b> {{{{ x }}}}',
        },
    ),
)
"""The stand-in people, the typical one first."""


def stand_in_data(person: StandIn, shapes: Mapping[str, Shape]) -> dict[str, Json]:
    """Return values for a person, by the name of the variable: `customer`, `event`."""
    data = {root: _value(person, root, shape) for root, shape in shapes.items()}
    customer = data.get("customer")
    fields = dict(customer) if isinstance(customer, dict) and not person.is_blank else {}
    if "name" in fields and shapes["customer"].fields["name"].sample is None:
        fields["name"] = person.texts.get("full_name", person.texts[""])
    for name, value in (("id", "a1042"), ("email", "a1042@example.com"), ("cio_id", "3f9a0c")):
        fields.setdefault(name, value)
    data["customer"] = fields
    if isinstance(objects := data.get("objects"), dict):
        data["objects"] = {
            name: value if isinstance(value, list) else [value] for name, value in objects.items()
        }
    return data


def _value(person: StandIn, name: str, shape: Shape) -> Json:
    if person.uses_samples and shape.sample is not None:
        return shape.sample
    if shape.type is DataType.ARRAY:
        item = shape.items or Shape()
        singular = name.removesuffix("s")
        return [_numbered(_value(person, singular, item), at + 1) for at in range(person.items)]
    if shape.type is DataType.OBJECT:
        return {field: _value(person, field, found) for field, found in shape.fields.items()}
    if person.is_blank:
        return ""
    if shape.type is DataType.BOOLEAN or name.lower().startswith(("is_", "has_", "can_")):
        return True
    if shape.type is DataType.DATE or _is_date(name):
        return _MOMENT
    if _ends_with_any(name, _AMOUNTS):
        return person.amount
    if shape.type is DataType.NUMBER or _ends_with_any(name, _COUNTS):
        return person.number
    return _text(person, name)


def _numbered(item: Json, number: int) -> Json:
    """Return an item of a list, distinguished by the number in its name."""
    if isinstance(item, dict):
        named = {key: f"{item[key]} {number}" for key in ("name", "title") if key in item}
        return {**item, **named}
    return f"{item} {number}" if isinstance(item, str) else item


def _text(person: StandIn, name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    words = words[:1].upper() + words[1:]
    ending = next((end for end in person.texts if end and _ends_with(name, end)), "")
    return person.texts[ending].format(words)


def _is_date(name: str) -> bool:
    return name.lower().endswith(("_at", "_date", "_on")) or name in ("date", "time", "timestamp")


def _ends_with_any(name: str, ends: Iterable[str]) -> bool:
    return any(_ends_with(name, end) for end in ends)


def _ends_with(name: str, end: str) -> bool:
    return name.lower() == end or name.lower().endswith(f"_{end}")
