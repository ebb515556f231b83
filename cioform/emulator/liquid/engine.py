"""Liquid as the service renders it: strict, with its own tags (content facts, 1.2, 1.4, 3.1).

It is python-liquid, with the filters of LiquidJS and of Customer.io, and with `compat` for the
differences of the language. Import this module only to render: the library is slow to import.
"""

import re
from collections.abc import Mapping
from functools import wraps
from random import Random
from typing import Any, Literal

from liquid.context import RenderContext
from liquid.exceptions import LiquidError, UndefinedError, UnknownFilterError
from liquid.template import BoundTemplate
from liquid.token import Token
from liquid.undefined import UNDEFINED, FalsyStrictUndefined, Undefined
from liquid.utils import ReadOnlyChainMap
from typing_extensions import override

from cioform.emulator.liquid import legacy
from cioform.emulator.liquid.compat import (
    MAX_ITERATIONS,
    DialectEnvironment,
    apply_compat,
    comparisons,
)
from cioform.emulator.liquid.filters import build_filters
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.javascript import NOTHING
from cioform.emulator.liquid.nodes import LATEST_TAGS, LiquidValueError, own_tags
from cioform.emulator.liquid.notation import KEYWORD_FILTERS, prepare
from cioform.emulator.liquid.render_error import RenderError, Where

VALUE_ERRORS = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What filters raise for a value of an unsuitable type."""
MAX_TEXT_SIZE = 10_000_000
"""The maximum size of a rendered text, and of the variables that a template assigns."""
MAX_OPEN_RAW = 50
_RAW = re.compile(r"\{%-?\s*(?P<end>end)?raw\b")
_VERBATIM_TAG = re.compile(r"\{%-?\s*(?P<end>end)?(?P<name>comment|raw)\b")
_BLOCK_TAG = re.compile(
    r"\{%-?\s*(?P<end>end)?(?P<name>if|unless|case|for|capture|tablerow|comment|raw)\b"
)


class IsolatedContext(RenderContext):
    """A context that contains only the variables that are passed in.

    The library adds `now` and `today` from the clock of the machine; the service has no such
    variables.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)
        self.nested_renders = 0

    @override
    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Return the value of a path. What a filter did not find is missing, as in LiquidJS."""
        found = super().get(path, token=token, default=default)
        is_out_of_range = isinstance(found, Undefined) and found.hint == "index out of range"
        if found is NOTHING and isinstance(self.env, LegacyEnvironment):
            return None
        if found is not NOTHING and not is_out_of_range:
            return found
        if default is not UNDEFINED:
            return default
        hint = f"{'.'.join(map(str, path))} is undefined"
        return self.env.undefined(str(path[0]), hint=hint, token=token)

    @override
    def get_item(self, obj: Any, key: Any) -> Any:
        """Return a member of a value. Only in Ruby has an object a first pair."""
        if (
            key == "first"
            and isinstance(obj, Mapping)
            and not isinstance(self.env, LegacyEnvironment)
        ):
            return obj[key]
        return super().get_item(obj, key)


class LiquidTemplate(BoundTemplate):
    """A template that is rendered in an `IsolatedContext`."""

    context_class = IsolatedContext


class LatestEnvironment(DialectEnvironment):
    """An environment of such templates, with limits, since rendering blocks the store."""

    template_class = LiquidTemplate
    logical_not_operator = True
    loop_iteration_limit = MAX_ITERATIONS
    output_stream_limit = MAX_TEXT_SIZE
    local_namespace_limit = MAX_TEXT_SIZE


class LegacyEnvironment(LatestEnvironment):
    """The same for "legacy", which has no `not`."""

    logical_not_operator = False
    text_of = staticmethod(legacy.ruby_text)
    comparisons = comparisons(legacy.ruby_less)


class LiquidEngine:
    """Renders texts at one point in time, and caches the parsed templates."""

    def __init__(self, now: int, dialect: Literal["latest", "legacy"] = "latest") -> None:
        self._random = Random()
        self._environment = _environment(now, dialect == "legacy", self._random)
        self._templates: dict[str, BoundTemplate] = {}

    def render(self, text: str, scope: Mapping[str, Any]) -> str:
        """Return `text` rendered with the variables of `scope`.

        Raises RenderError, which names a missing variable or the error in the text, and its line
        and column. It fails this message only (content facts, 1.4).
        """
        if "{" not in text:
            return text
        self._random.seed(f"{scope.get('delivery_id')} {text}")
        try:
            if text not in self._templates:
                _refuse_open_raw(text)
                if not isinstance(self._environment, LegacyEnvironment):
                    _refuse_inner_comment(text)
                template = self._environment.from_string(prepare(text))
                self._templates[text] = apply_compat(template)
            return str(self._templates[text].render(**scope))
        except UndefinedError as error:
            name = str(error.args[0]).removesuffix(" is undefined").strip("'")
            raise RenderError(f"Variable '{name}' is missing", _where(error, text)) from None
        except UnknownFilterError as error:
            raise RenderError(f"Unknown filter '{error.args[0]}'", _where(error, text)) from None
        except LiquidError as error:
            raise RenderError(f"Liquid error: {error.args[0]}", _where(error, text)) from None
        except VALUE_ERRORS as error:
            raise RenderError(f"Liquid error: {error}") from None


def _environment(now: int, is_legacy: bool, random: Random) -> LatestEnvironment:
    kind = LegacyEnvironment if is_legacy else LatestEnvironment
    environment = kind(undefined=FalsyStrictUndefined)
    for tag in (*(() if is_legacy else LATEST_TAGS), *own_tags(random)):
        environment.add_tag(tag)
    functions = dict(build_filters(now, random))
    if is_legacy:
        functions |= legacy.legacy_filters(now)
        for name in legacy.ABSENT_FILTERS:
            del functions[name]
        for name in legacy.ABSENT_TAGS:
            del environment.tags[name]
    environment.filters.clear()
    for name, function in functions.items():
        environment.add_filter(KEYWORD_FILTERS.get(name, name), _strict(name, function))
    return environment


def _where(error: LiquidError, text: str) -> Where | None:
    """Return the place of an error in `text`; None if it is in a text that this one renders."""
    token = error.token
    if token is None or token.start_index < 0:
        return _open_block(text)
    return Where.at(text, token.start_index) if token.source == prepare(text) else None


def _refuse_open_raw(text: str) -> None:
    """Raise RenderError for many `raw` that nothing closes.

    The library would search for the end of each of them to the end of the text.
    """
    opened = [match.start() for match in _RAW.finditer(text) if not match["end"]]
    closed = [match.start() for match in _RAW.finditer(text) if match["end"]]
    if len(opened) > MAX_OPEN_RAW and (not closed or closed[-1] < opened[-1]):
        raise RenderError("Liquid error: raw is not closed", Where.at(text, opened[-1]))


def _refuse_inner_comment(text: str) -> None:
    """Raise RenderError for a comment in a comment, of which LiquidJS sees the end only once.

    The library nests comments, and would render nothing where LiquidJS fails.
    """
    is_raw = is_comment = False
    for tag in _VERBATIM_TAG.finditer(text):
        is_end = bool(tag["end"])
        if is_raw or tag["name"] == "raw":
            is_raw = not (is_end and tag["name"] == "raw")
        elif is_end and not is_comment:
            message = 'Liquid error: tag "endcomment" not found'
            raise RenderError(message, Where.at(text, tag.start()))
        else:
            is_comment = not is_end


def _open_block(text: str) -> Where | None:
    """Return the place of the last block that is not closed; None if all are."""
    opened: list[re.Match[str]] = []
    for tag in _BLOCK_TAG.finditer(text):
        if not tag["end"]:
            opened.append(tag)
        elif opened and opened[-1]["name"] == tag["name"]:
            opened.pop()
    return Where.at(text, opened[-1].start()) if opened else None


def _limited(value: Any) -> Any:
    if isinstance(value, str | list) and len(value) > MAX_TEXT_SIZE:
        raise ValueError(f"the result has more than {MAX_TEXT_SIZE:,} characters or items")
    return value


def _strict(name: str, function: Filter) -> Filter:
    """Return a filter that fails for missing values, and says which filter failed."""

    @wraps(function)
    def apply(value: Any, *arguments: Any, **named: Any) -> Any:
        for each in arguments if name == "default" else (value, *arguments):
            if isinstance(each, Undefined):
                str(each)
        try:
            return _limited(function(value, *arguments, **named))
        except LiquidError:
            raise
        except TypeError:
            raise LiquidValueError(f"{name}: the arguments do not fit", token=None) from None
        except VALUE_ERRORS as error:
            raise LiquidValueError(f"{name}: {error}", token=None) from None

    return apply
