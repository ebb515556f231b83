"""The command line as its tests see it: words in, an answer out."""

import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Cio = Callable[..., Answer]


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True
