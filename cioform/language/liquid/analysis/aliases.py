"""Names that a text gives to values: by `assign`, and for the elements of a list by `for`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.language.liquid.analysis.filter_values import COMPUTED, Value
from cioform.language.liquid.dialect import LOOP_ROOTS
from cioform.language.liquid.parsed import Segments


@dataclass(frozen=True, slots=True)
class Alias:
    """What a name of the text stands for."""

    path: Segments | None = None
    """The path of the value; None for a value that is computed."""
    depth: int = 0
    """How many conditions and loops are around the place from which on the name is set."""
    is_conditional: bool = False
    """Whether the name is set only under a condition."""
    inner: tuple[str, ...] = ()
    """What `map` took of each element of the list at the path."""
    is_found: bool = False
    """Whether the name is missing where a filter found nothing."""

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
        self._assigned[name] = Alias(value.path, 0, conditional, value.inner, value.is_found)

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

    def value_of(self, path: Segments) -> Value:
        """Return the value at a path, from a variable that Customer.io sets."""
        alias = self.find(path[0])
        if alias is None:
            return Value(path)
        if alias.path is None:
            return COMPUTED
        if not alias.inner or len(path) == 1:
            full_path = (*alias.path, *path[1:])
            return Value(full_path, alias.is_conditional, alias.inner if len(path) == 1 else ())
        if path[1] == "size":
            return Value((*alias.path, *path[1:]), alias.is_conditional)
        if not isinstance(path[1], int) and path[1] not in ("first", "last"):
            return COMPUTED
        return Value((*alias.path, path[1], *alias.inner, *path[2:]), alias.is_conditional)

    def is_conditional(self, path: Segments, depth: int) -> bool:
        """Return whether a use inside of `depth` blocks may not be rendered.

        For elements of a list that is: not for every element.
        """
        return (self.find(path[0]) or _COMPUTED).is_conditional_at(depth)

    def element(self, path: Segments, value: Value, depth: int) -> Alias:
        """Return the alias of the elements of a list, in a loop inside of `depth` blocks.

        The value is that of the list, which begins at the path as the text has it.
        """
        if value.path is None:
            return _COMPUTED
        conditional = value.is_partial or self.is_conditional(path, depth)
        return Alias(value.element, depth + 1, conditional, is_found=bool(value.inner))
