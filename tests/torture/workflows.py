"""Random workflows whose steps have ids of their own, and random conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from cioform.language.workflow import add_empty_branches, branches_of, without_branches

Step = dict[str, Any]

CONDITIONS: Final[tuple[Step, ...]] = (
    {"attribute": "plan", "is": "trial"},
    {"attribute": "plan", "is_not": "paid"},
    {"attribute": "seats", "greater_than": 3},
    {"not": {"attribute": "email", "contains": "@acme.com"}},
)
IN_WORKFLOWS: Final[tuple[Step, ...]] = (
    *CONDITIONS,
    {"object_attribute": "seats", "of": "accounts", "greater_than": 10},
)
BRANCHING: Final = ("choice", "ways", "until")
SIMPLE: Final = (
    "hello",
    "again",
    "tap",
    "text",
    "hook",
    "pause",
    "hours",
    "spread",
    "mark",
    "tell",
)
MORE: Final = ("join", "test", "flex")


def condition(rng: Random) -> Step:
    """Return a condition that holds everywhere."""
    return rng.choice(CONDITIONS)


def without_new_steps(
    steps: Sequence[Any], is_old: Callable[[Step], bool], *, has_exits: bool = True
) -> list[Any]:
    """Return only the steps that a campaign has already, with or without exits that are a text.

    What is inside of a new step takes its place.
    """
    kept: list[Any] = []
    for step in steps:
        if isinstance(step, str):
            kept += [step] if has_exits else []
            continue
        inner = [
            without_new_steps(way, is_old, has_exits=has_exits) for _, way in branches_of(step)
        ]
        if not is_old(step):
            kept += [each for way in inner for each in way if not _is_exit(each)]
            continue
        copy = without_branches(step)
        for way, now in zip(add_empty_branches(copy), inner, strict=True):
            way += now
        kept.append(copy)
    return kept


def _is_exit(step: Any) -> bool:
    return isinstance(step, str) or "exit" in step


def workflow(rng: Random, segments: Sequence[str], email: Callable[[], Step]) -> list[Step]:
    """Return the steps of a campaign that may use the segments and the fields of `email`."""
    makers = _Makers(rng, segments, email)
    ids = rng.sample((*SIMPLE, *BRANCHING), rng.randint(1, 8))
    return makers.steps(ids)


class _Makers:
    """Makes steps. A step keeps its keyword, but for `flex`."""

    def __init__(self, rng: Random, segments: Sequence[str], email: Callable[[], Step]) -> None:
        self.rng = rng
        self.segments = segments
        self.email = email

    def steps(self, ids: list[str]) -> list[Step]:
        """Return steps with these ids; those after a branching one may be inside of it."""
        steps: list[Step] = []
        while ids:
            name = ids.pop(0)
            if name not in BRANCHING:
                steps.append({"id": name, **self.simple(name)})
                continue
            inside = self.rng.randint(0, len(ids))
            inner, ids = ids[:inside], ids[inside:]
            steps.append({"id": name, **self.branching(name, inner)})
        return steps or [{"id": "pause", "wait": "2d"}]

    def simple(self, name: str) -> Step:
        """Return a step without branches."""
        rng, number = self.rng, self.rng.randint(1, 3)
        if name == "flex":
            name = rng.choice(("tap", "tap", "pause", "hello"))
        if name == "join" and "hand" in self.segments:
            return {rng.choice(("add_to_segment", "remove_from_segment")): "hand"}
        if name == "test":
            return self.ab_test()
        sending: Step = {"sending": rng.choice(("draft", "draft", "automatic", "never"))}
        steps: dict[str, Step] = {
            "hello": {"email": {**self.email(), **sending}},
            "again": {"email": {**self.email(), **sending}},
            "tap": {"push": {"title": f"Tap {number}", "body": "Now", **sending}},
            "text": {"sms": {"body": f"Text {number}"}},
            "hook": {"webhook": {"url": "https://a.example/hook", "body": f'{{"a": {number}}}'}},
            "pause": {"wait": f"{number}d"},
            "hours": {"wait_window": {"from": f"0{number}:00", "to": "21:00", "time_zone": "UTC"}},
            "spread": {"wait_random": {"min": "1h", "max": f"{number + 1}h"}},
            "mark": {"set_attributes": {"stage": f"stage {number}"}},
            "tell": {"send_event": f"notified_{number}"},
            "join": {"set_attributes": {"joined": number}},
        }
        return steps[name]

    def ab_test(self) -> Step:
        """Return a step with two variants."""
        share = self.rng.choice((30, 50))
        shares = {"first": share, "second": 100 - share}
        variants = [
            {"id": name, "percent": percent, "email": self.email()}
            for name, percent in shares.items()
        ]
        return {"ab_test": variants}

    def branching(self, name: str, inner: list[str]) -> Step:
        """Return a step with branches that hold the inner steps."""
        rng = self.rng
        middle = rng.randint(0, len(inner))
        first, second = inner[:middle], inner[middle:]
        ways = [self.steps(each) if each else [] for each in (first, second)]
        if name == "choice":
            step: Step = {"if": rng.choice(IN_WORKFLOWS), "then": ways[0] or ["exit"]}
            return {**step, "else": ways[1]} if ways[1] else step
        if name == "ways":
            percents = rng.choice(((40, 60), (50, 50)))
            branches = zip(percents, ways, strict=True)
            return {
                "random_branches": [
                    {"percent": percent, **({"then": way} if way else {})}
                    for percent, way in branches
                ]
            }
        step = {"wait_until": {"event": "purchased"}, "timeout": rng.choice(("1d", "3d"))}
        named = {"then": ways[0], "on_timeout": ways[1]}
        return {**step, **{key: way for key, way in named.items() if way}}
