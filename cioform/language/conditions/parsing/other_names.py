"""Names of conditions in other tools, each with the line to write instead.

They are looked up before names of similar spelling: nothing here is similar to `gt`, and `at_most`
is most similar to `at_least`, which is the opposite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue
from cioform.core.secrets.secret_scan import contains_secret
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.duration import Duration
from cioform.core.time.loose_duration import loose_seconds
from cioform.language.conditions.operand_checks import OPERAND_CHECKS
from cioform.language.conditions.values import is_date

_Line: TypeAlias = Callable[[JsonValue], str]
"""A function that returns the line to write, given the value of the other name."""

_PLAIN_TEXT = lazy_pattern(r"[A-Za-z_][\w-]*( [\w-]+)*|([0-9]+[wdhms])+( ago| from now)?")
_RESERVED: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_MAX_ECHOED: Final = 40
_WEEK: Final = 604_800


def flow(value: JsonValue) -> str:
    """Return a value as YAML on one line; `...` for one that is long, or a credential."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if not isinstance(value, str):
        return json.dumps(value, default=str)
    if len(value) > _MAX_ECHOED or contains_secret(value):
        return "..."
    is_plain = _PLAIN_TEXT.fullmatch(value) and value.lower() not in _RESERVED
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _named(keyword: str) -> _Line:
    return lambda value: f"`{keyword}: {flow(value)}`"


def _fixed(line: str) -> _Line:
    return lambda _value: line


def _listed(keyword: str) -> _Line:
    return lambda value: f"`{keyword}: {flow(value if isinstance(value, list) else [value])}`"


def _dated(form: str) -> _Line:
    return lambda value: form.format(_duration(value))


def _duration(value: JsonValue) -> str:
    try:
        return str(Duration.parse(str(value)))
    except ValueError:
        return str(Duration(loose_seconds(str(value)) or _WEEK))


def _or_equal(keyword: str, step: int) -> _Line:
    def line(value: JsonValue) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return f"`{keyword}: {value + step}`, which is the same for whole numbers"
        if is_date(value):
            return f"`{'after' if step < 0 else 'before'}: {flow(value)}`"
        return f"`{keyword}`; Customer.io cannot compare with the number itself included"

    return line


def _count(keyword: str, step: int = 0) -> _Line:
    return lambda value: f"`{keyword}: {value + step if isinstance(value, int) else 3}`"


_EXACTLY: Final = "two conditions: `all: [{event: name, at_least: 3}, {event: name, at_most: 3}]`"
_NO_PATTERNS: Final = "`contains`; Customer.io has no patterns, beginnings or ends"

OPERATORS: Final[Mapping[str, _Line]] = {
    **dict.fromkeys(("eq", "equal", "equals", "is_equal", "equal_to", "=", "=="), _named("is")),
    **dict.fromkeys(("in", "one_of", "any_of", "is_in", "is_any_of"), _listed("is")),
    **dict.fromkeys(
        ("ne", "neq", "not_equal", "not_equals", "isnt", "is_not_equal", "not", "!="),
        _named("is_not"),
    ),
    **dict.fromkeys(("nin", "not_in", "none_of", "is_none_of"), _listed("is_not")),
    **dict.fromkeys(("present", "is_set", "exist", "is_not_null"), _fixed("`exists: true`")),
    **dict.fromkeys(
        ("absent", "missing", "is_not_set", "not_exists", "is_null", "does_not_exist"),
        _fixed("`exists: false`"),
    ),
    **dict.fromkeys(("includes", "like", "contain", "has"), _named("contains")),
    **dict.fromkeys(
        ("excludes", "not_like", "does_not_contain", "not_includes"), _named("not_contains")
    ),
    **dict.fromkeys(
        ("starts_with", "begins_with", "ends_with", "matches", "regex"), _fixed(_NO_PATTERNS)
    ),
    **dict.fromkeys(("gt", "more_than", "above", "greater", ">"), _named("greater_than")),
    **dict.fromkeys(("lt", "fewer_than", "below", "less", "<"), _named("less_than")),
    **dict.fromkeys(
        ("gte", "ge", "min", "at_least", "greater_or_equal", ">="), _or_equal("greater_than", -1)
    ),
    **dict.fromkeys(
        ("lte", "le", "max", "at_most", "less_or_equal", "<="), _or_equal("less_than", 1)
    ),
    **dict.fromkeys(("bw", "range", "within_range"), _named("between")),
    **dict.fromkeys(("before_date", "earlier_than", "until"), _named("before")),
    **dict.fromkeys(("after_date", "later_than", "on_or_after"), _named("after")),
    **dict.fromkeys(
        (
            *("newer_than", "within", "in_last", "in_the_last", "since", "less_than_ago"),
            *("within_the_last", "within_past", "in_the_past"),
        ),
        _dated("`after: {} ago`"),
    ),
    **dict.fromkeys(("before_last", "not_in_last", "more_than_ago"), _dated("`before: {} ago`")),
    **dict.fromkeys(
        ("within_next", "in_next", "in_the_next", "upcoming"),
        _dated("two conditions under `all`: one with `after: now`, one with `before: {} from now`"),
    ),
}
"""Operators of other tools, for tests of attributes."""

EVENT_FIELDS: Final[Mapping[str, _Line]] = {
    **dict.fromkeys(
        ("times", "count", "frequency", "min", "min_count", "gte", "minimum"), _count("at_least")
    ),
    **dict.fromkeys(("more_than", "gt", "greater_than"), _count("at_least", 1)),
    **dict.fromkeys(("max", "max_count", "lte", "maximum", "no_more_than"), _count("at_most")),
    **dict.fromkeys(("less_than", "fewer_than", "lt"), _count("at_most", -1)),
    **dict.fromkeys(("exactly", "eq", "equals", "is"), _fixed(_EXACTLY)),
    **dict.fromkeys(
        ("in_last", "in_the_last", "since", "period", "timeframe", "window", "newer_than"),
        _dated("`within_last: {}`"),
    ),
    **dict.fromkeys(("after", "within_the_last"), _dated("`within_last: {}`")),
    "days": lambda value: f"`within_last: {value if isinstance(value, int) else 7}d`",
    "timeout": lambda value: f"`timeout: {flow(value)}` beside `wait_until`, not below it",
    "older_than": _fixed("`not:` around the event with `within_last`"),
    "before": _fixed("`not:` around the event with `within_last`"),
    **dict.fromkeys(
        ("filter", "filters", "properties", "attributes", "conditions", "with", "data"),
        _fixed("`where: {attribute: total, greater_than: 100}`"),
    ),
    **dict.fromkeys(("match", "matching", "same_as", "join"), _fixed("`same: order_id`")),
    **dict.fromkeys(("never", "inverse", "negate"), _fixed("`not:` around the condition")),
}
"""Fields beside an event in other tools."""


KEYWORDS: Final[Mapping[str, _Line]] = {
    **dict.fromkeys(("and", "all_of", "every"), _fixed("`all: [...]`")),
    **dict.fromkeys(("or", "any_of", "some", "one_of"), _fixed("`any: [...]`")),
    **dict.fromkeys(("none", "nor", "none_of"), _fixed("`not: {any: [...]}`")),
    **dict.fromkeys(
        ("filter", "filters", "condition", "conditions", "when", "if"),
        _fixed("the condition itself, as in `{attribute: plan, is: pro}`"),
    ),
    **dict.fromkeys(
        (
            *("user_attribute", "person_attribute", "customer_attribute", "profile_attribute"),
            *("property", "trait", "field", "variable"),
        ),
        _named("attribute"),
    ),
    **dict.fromkeys(
        ("event_property", "trigger_attribute", "event_data"), _named("event_attribute")
    ),
    **dict.fromkeys(
        ("in_segment", "cohort", "in_cohort", "audience", "list", "member_of"), _named("segment")
    ),
    **dict.fromkeys(
        ("not_in_segment", "not_segment"), lambda value: f"`not: {{segment: {flow(value)}}}`"
    ),
    **dict.fromkeys(("performed", "did", "has_done", "event_name", "track"), _named("event")),
    **dict.fromkeys(
        ("not_performed", "did_not", "not_event"), lambda value: f"`not: {{event: {flow(value)}}}`"
    ),
    **dict.fromkeys(("opened_email", "email_opened", "open"), _named("opened")),
    **dict.fromkeys(("clicked_email", "clicked_link", "link_clicked", "click"), _named("clicked")),
    **dict.fromkeys(
        ("delay", "wait"),
        lambda value: (
            f"a step, because a condition cannot wait: `- {{id: pause, wait: {_duration(value)}}}`"
        ),
    ),
    "frequency": _fixed("`at_least: 3` beside `event`, or `reentry` for how often people enter"),
    **dict.fromkeys(
        ("true_false_branch", "split"), _fixed("a step: `- {id: paying, if: {segment: paying}}`")
    ),
    **dict.fromkeys(
        ("timezone", "time_zone"),
        _fixed("`time_zone` in a step or trigger; conditions compare moments"),
    ),
}
"""Keywords of other tools."""


def written_out_line(keyword: str, value: Mapping[str, JsonValue]) -> str | None:
    """Return the line for a test of an attribute that has its operator as a value, or None.

    Other tools write `{attribute: plan, operator: equals, value: pro}`.
    """
    name = next((key for key in ("operator", "op", "comparison", "comparator") if key in value), "")
    operator = str(value.get(name, "")).lower().strip().replace(" ", "_")
    operand = next((value[key] for key in ("value", "values", "operand") if key in value), None)
    line = line_for(OPERATORS, operator, operand)
    if line is None and operator in OPERAND_CHECKS:
        line = f"`{operator}: {flow(operand)}`"
    inner = re.fullmatch(r"`(\w+: .*)`", line or "")
    return line if inner is None else f"`{{{keyword}: {flow(value[keyword])}, {inner[1]}}}`"


def line_for(names: Mapping[str, _Line], name: str, value: JsonValue) -> str | None:
    """Return what to write instead of another tool's name, or None if it is in no table."""
    line = names.get(name.lower().strip())
    return None if line is None else line(value)
