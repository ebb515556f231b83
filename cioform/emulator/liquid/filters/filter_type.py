"""The type of filters."""

from typing import Any, Protocol


class Filter(Protocol):
    """A filter of Liquid, as in `{{ value | name: argument, named: argument }}`.

    A template decides what it is given. Values are those of JSON and whatever other filters return,
    and a number of arguments that does not fit is a TypeError, which the engines report.
    """

    def __call__(self, value: Any, /, *arguments: Any, **named: Any) -> Any:
        """Return the new value. Raises ValueError for one that is not suitable."""
