"""The result of an analysis of Liquid: references, filters, tags and errors.

Texts have many uses, so these are named tuples: a frozen dataclass takes three times as long to
make.
"""

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from cioform.core.dataclasses import dataclass

Segments: TypeAlias = tuple[str | int | None, ...]
"""A path of a variable: `("customer", "address", 0)`. None stands for a name that is computed."""

ELEMENT: Final = "[]"
"""The step of a path that stands for each element of a list: `("event", "items", "[]")`."""


class Role(StrEnum):
    """What an expression uses the value of a path for."""

    OUTPUT = "output"
    CONDITION = "condition"
    ASSIGN = "assign"
    LOOP = "loop"
    ARGUMENT = "argument"


class Use(NamedTuple):
    """A use of a variable."""

    path: Segments
    offset: int
    role: Role
    filters: tuple[str, ...] = ()
    """The filters that its value goes through, in order."""
    is_guarded: bool = False
    """Whether a condition around it holds only if the value is there."""
    is_strict: bool = False
    """Whether what is rendered there fails if the value is missing."""
    is_conditional: bool = False
    """Whether the text around it is rendered only under a condition or in a loop."""
    compared_as: str = ""
    """The type of what it is compared with: `number`, `string`, `boolean`; empty for none."""

    @property
    def root(self) -> str:
        """The name of the variable: `customer`."""
        return str(self.path[0])


class FilterUse(NamedTuple):
    """A use of a filter."""

    name: str
    offset: int
    arguments: int = 0
    """How many arguments it has."""


class TagUse(NamedTuple):
    """A use of a tag, other than the end of a block."""

    name: str
    arguments: str
    offset: int


@dataclass(frozen=True, slots=True)
class LiquidError:
    """Something that no engine accepts, or that fails when the message is sent."""

    rule: str
    message: str
    """What is wrong and what to write, in full sentences."""
    offset: int
    fix: tuple[int, int, str] | None = None
    """The beginning and the end of what can be replaced without a decision, and by what."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text as Liquid. Offsets count the characters of the text from 0."""

    uses: tuple[Use, ...] = ()
    """The uses of variables that Customer.io sets, not of those that the text assigns."""
    indirect_uses: tuple[Use, ...] = ()
    """The uses of such variables through a name that the text assigns or that a loop sets."""
    filters: tuple[FilterUse, ...] = ()
    tags: tuple[TagUse, ...] = ()
    errors: tuple[LiquidError, ...] = ()
    assigned: tuple[str, ...] = ()
    """The variables that the text itself sets."""
    is_complete: bool = True
    """Whether all of it could be parsed. If not, `uses` and `filters` may lack some."""


NOTHING = ParsedText()
"""A text without Liquid."""


def has_liquid(text: str) -> bool:
    """Return whether a text has anything that looks like Liquid."""
    return "{{" in text or "{%" in text
