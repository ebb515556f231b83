"""Regular expressions that are compiled when they are first used.

Python compiles them again in each process, at 0.1 ms each. Most commands use few of those that
their modules have.
"""

from __future__ import annotations

import re
from typing import AnyStr, cast


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled when it is first used.

    Use its methods and attributes. Functions of `re` do not take it.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(text, flags))


class _LazyPattern:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __repr__(self) -> str:
        return f"lazy_pattern({self._text!r}, {self._flags})"

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        # From now on the attribute is found without this method.
        found = self.__dict__[name] = getattr(compiled, name)
        return found
