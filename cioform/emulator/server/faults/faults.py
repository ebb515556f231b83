"""Fault injection: which requests fail, and how."""

import re
import threading
from typing import Any

from cioform.core.dataclasses import dataclass, fields

EFFECTS = (
    "status",
    "timeout-before",
    "timeout-after",
    "cut-before",
    "cut-after",
    "cut-body",
    "html",
    "bad-json",
    "huge",
    "repeat-page",
    "stale",
    "delay",
    "expire-token",
)


class InjectedConnectionError(Exception):
    """The client must get no HTTP response; the transport carries out the fault.

    `mode` is `timeout` (no response), `cut-before` or `cut-after` (the connection is closed).
    """

    def __init__(self, mode: str) -> None:
        super().__init__(mode)
        self.mode = mode


@dataclass(frozen=True)
class Fault:
    """A fault that affects `times` matching requests, beginning with the `nth`.

    `path` is a regular expression that is searched in path and query. Effects: `status:503`,
    `status:429[:retry_after]`, `status:500-done` (done, then 500), `timeout-before`,
    `timeout-after`, `cut-before`, `cut-after`, `cut-body`, `html`, `bad-json`, `huge`,
    `repeat-page`, `stale`, `delay:SECONDS`, `expire-token`. With `-before` the request is not
    carried out. Raises ValueError for invalid values.
    """

    method: str = "*"
    path: str = ""
    nth: int = 1
    times: int = 1
    effect: str = "status:503"

    def __post_init__(self) -> None:
        for field in ("method", "path", "effect"):
            value = getattr(self, field)
            if type(value) is not str:
                raise ValueError(f"`{field}` of a fault must be text, not {value!r}")
        for field in ("nth", "times"):
            value = getattr(self, field)
            if type(value) is not int or value < 1:
                raise ValueError(
                    f"`{field}` of a fault must be a whole number from 1, not {value!r}"
                )
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"`path` {self.path!r} is not a regular expression: {error}") from None
        self._check_effect()

    def _check_effect(self) -> None:
        name, argument = self.parts
        if name not in EFFECTS:
            raise ValueError(f"unknown effect {self.effect!r}; valid: {', '.join(EFFECTS)}")
        if name == "status" and not re.fullmatch("[1-5][0-9]{2}(-done|:[0-9]+)?", argument):
            raise ValueError(
                f"effect {self.effect!r} needs a status from 100 to 599, for example status:503, "
                "status:500-done or status:429:7"
            )
        if name == "delay" and not _is_duration(argument):
            raise ValueError(f"effect {self.effect!r} needs a number of seconds, as in delay:2.5")

    @property
    def parts(self) -> tuple[str, str]:
        """The name of the effect, and its argument."""
        name, _, argument = self.effect.partition(":")
        return name, argument

    def matches(self, method: str, url: str) -> bool:
        """Return whether the fault applies to a request. `url` is its path and query."""
        return self.method in ("*", method) and re.search(self.path, url) is not None


class FaultInjector:
    """The injected faults, and how many requests have matched each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._match_counts: list[int] = []

    def add(self, fault: Fault) -> None:
        """Inject a fault."""
        with self._lock:
            self._faults.append(fault)
            self._match_counts.append(0)

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()
            self._match_counts.clear()

    def pending(self) -> list[Fault]:
        """Return the faults that still apply to requests to come."""
        with self._lock:
            pairs = zip(self._faults, self._match_counts, strict=True)
            return [fault for fault, count in pairs if count < fault.nth + fault.times - 1]

    def match_request(self, method: str, url: str) -> Fault | None:
        """Return the first fault that applies to a request, and count it for all that match."""
        applied: Fault | None = None
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fault.matches(method, url):
                    continue
                self._match_counts[index] += 1
                count = self._match_counts[index]
                if applied is None and fault.nth <= count < fault.nth + fault.times:
                    applied = fault
        return applied


def parse_faults(value: Any) -> list[Fault]:
    """Return the faults of a JSON list of objects. Raises ValueError for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("faults must be a JSON list of objects")
    known = [field.name for field in fields(Fault)]
    for item in value:
        for name in item:
            if name not in known:
                raise ValueError(f"unknown field {name!r} in a fault; valid: {', '.join(known)}")
    return [Fault(**item) for item in value]


def _is_duration(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False
