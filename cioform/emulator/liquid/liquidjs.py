"""LiquidJS, which is the engine "latest" of Customer.io, in QuickJS (content facts, 1.1 and 3.2).

It needs the extra `preview`. The tags and filters that Customer.io adds are those of the sandbox.
"""

import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from random import Random
from typing import TYPE_CHECKING, Any, Final

from cioform.core.lazy_modules import lazy_module
from cioform.emulator.liquid.filters.own import CODE_FILTERS, own_filters
from cioform.emulator.liquid.render_error import RenderError, Where
from cioform.emulator.liquid.tags import TAGS
from cioform.emulator.liquid.time_zones import require_zone, zone_offset

if TYPE_CHECKING:
    import quickjs
else:
    quickjs = lazy_module("quickjs")

LIQUIDJS_VERSION: Final = "10.30.1"
MEMORY_LIMIT: Final = 256_000_000
"""The memory of QuickJS, in bytes."""
LIMITS: Final = {"parseLimit": 10_000_000, "renderLimit": 10_000, "memoryLimit": 20_000_000}
"""The limits of LiquidJS for one text: characters, milliseconds, and items that are made."""
_POSITION: Final = re.compile(r", (file:[^,]*, )?line:\d+, col:\d+$")
_UNDEFINED: Final = re.compile(r"undefined variable: (.+)")
_FILTER: Final = re.compile(r"undefined filter: (.+)")
_RENDER_LIQUID: Final = re.compile(r"\{%-?\s*(render_liquid)\b")


class LiquidJS:
    """Renders texts at one point in time."""

    version = f"LiquidJS {LIQUIDJS_VERSION}"

    def __init__(self, now: int) -> None:
        self._random = Random()
        self._filters = {**own_filters(self._random), **CODE_FILTERS}
        self._scope: Mapping[str, Any] = {}
        self._now = now
        self._render = self._boot()

    def render(self, text: str, scope: Mapping[str, Any]) -> str:
        """Return `text` rendered with the variables of `scope`. Raises RenderError if it fails."""
        if "{" not in text:
            return text
        self._random.seed(f"{scope.get('delivery_id')} {text}")
        self._scope = scope
        try:
            answer = json.loads(self._render(text, json.dumps(scope, default=_to_json)))
        except quickjs.JSException as error:
            self._render = self._boot()  # After it ran out of memory, a context is of no more use.
            raise RenderError(f"Liquid error: {str(error).splitlines()[0]}") from None
        if "text" in answer:
            return str(answer["text"])
        raise _render_error(answer, text)

    def _boot(self) -> Callable[[str, str], str]:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_LIMIT)
        context.set_max_stack_size(4_000_000)
        context.add_callable("host", self._answer)
        folder = resources.files(__package__)
        context.eval((folder / "bridge.js").read_text("utf-8"))
        context.eval(f"prepareClock(host, {self._now * 1000})")
        bundle = folder / "vendor" / f"liquidjs-{LIQUIDJS_VERSION}.min.js"
        context.eval(bundle.read_text("utf-8"))
        names = (json.dumps(list(each)) for each in (self._filters, TAGS))
        context.eval(f"var render = makeRenderer(host, {', '.join(names)}, {json.dumps(LIMITS)})")
        self._context = context
        render: Callable[[str, str], str] = context.get("render")
        return render

    def _answer(self, name: str, values: str) -> str:
        """Answer a question of JavaScript; an exception would break the context."""
        try:
            return json.dumps({"value": self._ask(name, json.loads(values))})
        except Exception as error:  # noqa: BLE001
            return json.dumps({"error": str(error)})

    def _ask(self, name: str, values: list[Any]) -> Any:
        if name == "zone":
            return zone_offset(require_zone(values[0]), values[1])
        if name == "tag":
            return TAGS[values[0]](values[1], self._scope, self._random)
        filter_name, arguments = values
        try:
            return self._filters[filter_name](*arguments)
        except TypeError:
            raise ValueError(f"{filter_name}: the arguments do not fit") from None
        except ValueError as error:
            raise ValueError(f"{filter_name}: {error}") from None


def _to_json(value: Any) -> Any:
    """Return a namespace that a workflow does not have as the sign for it."""
    if isinstance(value, Mapping):
        return {"$nothing": True} if not len(value) else dict(value)
    return str(value)


def _render_error(answer: Mapping[str, Any], text: str) -> RenderError:
    detail = _POSITION.sub("", answer["error"])
    where = Where(*answer["where"]) if answer["where"] and answer["input"] == text else None
    if where is None and len(tags := list(_RENDER_LIQUID.finditer(text))) == 1:
        where = Where.at(text, tags[0].start(1))
    missing, unknown = _UNDEFINED.search(detail), _FILTER.search(detail)
    if missing:
        return RenderError(f"Variable '{missing[1]}' is missing", where)
    if unknown:
        return RenderError(f"Unknown filter '{unknown[1]}'", where)
    return RenderError(f"Liquid error: {detail}", where)
