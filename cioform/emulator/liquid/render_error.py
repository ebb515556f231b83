"""The error of a text that cannot be rendered, with its place."""

from typing import NamedTuple

from cioform.core.dataclasses import dataclass


class Where(NamedTuple):
    """A place in a text; both numbers begin with 1."""

    line: int
    column: int

    @classmethod
    def at(cls, text: str, offset: int) -> "Where":
        """Return the place of an offset in a text."""
        before = text[:offset]
        return cls(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


@dataclass(eq=False)
class RenderError(Exception):
    """A text cannot be rendered; the delivery fails with this message."""

    detail: str
    where: Where | None = None
    template: str = ""
    """Which text of a message it is: `body`, `snippet footer`."""

    def __str__(self) -> str:
        place = [self.template] if self.template else []
        if self.where:
            place.append(f"line {self.where.line}, column {self.where.column}")
        return f"{self.detail} ({', '.join(place)})" if place else self.detail
