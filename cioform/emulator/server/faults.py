"""Trouble on order: what may go wrong between a client and the service, request by request."""

import re
import threading
from dataclasses import dataclass

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


class ConnectionFault(Exception):
    """Raised out of the app where no HTTP answer may follow; the carrier turns it into one.

    `manner` is `timeout`, `cut-before` or `cut-after`: nobody answers, or the line goes dead.
    """

    def __init__(self, mode: str) -> None:
        super().__init__(mode)
        self.mode = mode


@dataclass(frozen=True)
class Fault:
    """From the `nth` request that fits, `times` requests meet `effect`.

    `path` is a regular expression searched in path and query. Effects: `status:503`,
    `status:429[:retry_after]`, `status:500-done` (done, then 500), `timeout-before`,
    `timeout-after`, `cut-before`, `cut-after`, `cut-body`, `html`, `bad-json`, `huge`,
    `repeat-page`, `stale`, `delay:SECONDS`, `expire-token`. `-before` means it is not done.
    """

    method: str = "*"
    path: str = ""
    nth: int = 1
    times: int = 1
    effect: str = "status:503"

    def __post_init__(self) -> None:
        texts = (self.method, self.path, self.effect)
        counts = (self.nth, self.times)
        if not all(type(each) is str for each in texts) or not all(
            type(each) is int and each > 0 for each in counts
        ):
            raise ValueError("method, path and effect are text, nth and times numbers from 1")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"no pattern: {self.path}: {error}") from None
        name, argument = self.parts
        if name not in EFFECTS:
            raise ValueError(f"no such effect: {self.effect}")
        if name == "delay" and not 0 <= float(argument) < float("inf"):
            raise ValueError(f"no such effect: {self.effect}")
        if name == "status" and not re.fullmatch("[1-5][0-9]{2}(-done|:[0-9]+)?", argument):
            raise ValueError(f"no such effect: {self.effect}")

    @property
    def parts(self) -> tuple[str, str]:
        """The effect's name and its argument."""
        name, _, argument = self.effect.partition(":")
        return name, argument

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault concerns that request."""
        return self.method in ("*", method) and re.search(self.path, path) is not None


class FaultInjector:
    """The faults on order, and how many requests each has seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._match_counts: list[int] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._faults.append(fault)
            self._match_counts.append(0)

    def clear(self) -> None:
        """Cancel all of them."""
        with self._lock:
            self._faults.clear()
            self._match_counts.clear()

    def pending(self) -> list[Fault]:
        """Those that have not run out."""
        with self._lock:
            pairs = zip(self._faults, self._match_counts, strict=True)
            return [fault for fault, seen in pairs if seen < fault.nth + fault.times - 1]

    def match_request(self, method: str, path: str) -> Fault | None:
        """The fault this request meets; counts the request for every fault it fits."""
        met: Fault | None = None
        with self._lock:
            for place, fault in enumerate(self._faults):
                if not fault.matches(method, path):
                    continue
                self._match_counts[place] += 1
                if met is None and fault.nth <= self._match_counts[place] < fault.nth + fault.times:
                    met = fault
        return met
