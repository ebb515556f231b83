"""Names that a text gives to values: by `assign`, and for the elements of a list by `for`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.language.liquid.dialect import LOOP_ROOTS
from cioform.language.liquid.filter_values import Value
from cioform.language.liquid.parsed import ELEMENT, Segments


@dataclass(frozen=True, slots=True)
class Alias:
    """What a name of the text stands for."""

    path: Segments | None = None
    """The path of the value; None for a value that is computed."""
    depth: int = 0
    """How many conditions and loops are around the place from which on the name is set."""
    is_conditional: bool = False
    """Whether the name is set only under a condition."""

    def is_conditional_at(self, depth: int) -> bool:
        """Return whether a use inside of `depth` blocks may not be rendered for such a value."""
        return self.is_conditional or depth > self.depth


_COMPUTED: Final = Alias()


class Aliases:
    """The names that are set at one place of a text."""

    def __init__(self) -> None:
        self._assigned: dict[str, Alias] = {}
        self._scopes: list[Mapping[str, Alias]] = [dict.fromkeys(LOOP_ROOTS, _COMPUTED)]

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names that are assigned, in their order."""
        return tuple(self._assigned)

    def assign(self, name: str, value: Value, depth: int) -> None:
        """Note that a value is assigned to a name, inside of `depth` blocks.

        From then on the name stands for it. After a block that is not rendered it still has its
        former value, which then does not count.
        """
        conditional = depth > 0 or value.is_partial
        self._assigned[name] = Alias(value.path, 0, is_conditional=conditional)

    @contextmanager
    def scope(self, names: Mapping[str, Alias]) -> Iterator[None]:
        """Set names in a block."""
        self._scopes.append(names)
        yield
        self._scopes.pop()

    def find(self, name: str | int | None) -> Alias | None:
        """Return what a name stands for; None for a variable that the text does not set."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[str(name)]
        return self._assigned.get(str(name))

    def resolve(self, path: Segments) -> Segments | None:
        """Return a path from a variable that Customer.io sets; None if it is computed."""
        alias = self.find(path[0])
        if alias is None:
            return path
        return None if alias.path is None else (*alias.path, *path[1:])

    def is_conditional(self, path: Segments, depth: int) -> bool:
        """Return whether a use inside of `depth` blocks may not be rendered.

        For elements of a list that is: not for every element.
        """
        return (self.find(path[0]) or _COMPUTED).is_conditional_at(depth)

    def element(self, path: Segments | None, depth: int, *, is_partial: bool) -> Alias:
        """Return the alias of the elements of a list, in a loop inside of `depth` blocks.

        The loop over a part of the list `is_partial`.
        """
        resolved = None if path is None else self.resolve(path)
        if path is None or resolved is None:
            return _COMPUTED
        conditional = is_partial or self.is_conditional(path, depth)
        return Alias((*resolved, ELEMENT), depth + 1, conditional)
