"""Words of conditions that are wrong, and the line that the error says to write."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cioform.language.conditions import (
    compile_attribute_filters,
    decompile_attribute_filters,
    normalize_condition,
    parse,
)

_DATES = [
    ("before", "7d", "Write `before: 7d ago` or `before: 7d from now`"),
    ("after", "3 days", "Write `after: 3d ago` or `after: 3d from now`"),
    ("after", "1mo", "Write `after: 30d ago` or `after: 30d from now`"),
    ("before", "3 months ago", "differ in length. Write `before: 90d ago`"),
    ("before", "1 year from now", "Write `before: 365d from now`"),
    ("before", "7d ago ago", 'must be written `before: 7d ago`, not "7d ago ago"'),
    ("before", "7 days ago", "must be written `before: 7d ago`"),
    ("after", "in 2 weeks", "must be written `after: 14d from now`"),
    ("after", "-7d", "must be written `after: 7d ago`"),
    ("after", "Now", "must be written `after: now`"),
    ("after", "now()", "must be written `after: now`"),
    ("after", "today", "must be written `after: now`"),
    ("before", "yesterday", "must be written `before: 1d ago`"),
    ("before", "0d ago", "must be written `before: now`"),
    ("before", "9999999d ago", "within 3000 years of now"),
    ("before", 1760000000000, "in seconds, and 1760000000000 is too large"),
    ("before", "1760000000000", "Write `1760000000`"),
    ("before", "20260701", "Write `2026-07-01`, or `1970-08-23T11:58:21Z` if you mean that"),
    ("before", 20260701, "Write `2026-07-01`, or `1970-08-23T11:58:21Z` if you mean that"),
    ("before", 202607011230, "Write `2026-07-01T12:30:00Z`, or `8390-05-12T13:20:30Z`"),
    ("before", "20260701123000", "Write `2026-07-01T12:30:00Z`."),
    ("after", 2026, "would be Unix seconds: 1970-01-01T00:33:46Z. Write `1970"),
    ("after", 20269901, "Write `1970-08-23T14:31:41Z`."),
    ("after", -5, "must not be before 1970"),
    ("after", "1969-07-20", "must not be before 1970"),
]


@pytest.mark.parametrize(("operator", "value", "text"), _DATES)
def test_a_wrong_date_gets_the_line_to_write(operator: str, value: Any, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        parse({"attribute": "a", operator: value})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ({"attribute": "a", "contains": ""}, "every text contains it"),
        ({"attribute": "a", "not_contains": ""}, "every text contains it"),
        ({"attribute": "a", "between": [5, 1]}, "as in `[1, 5]`"),
        (
            {"attribute": "a", "between": [1, "2e400"]},
            'must be two numbers such as `[1, 10]`, not "2e400"',
        ),
        ({"attribute": "a", "between": [10**400, 2 * 10**400]}, "must be two numbers"),
        ({"attribute": "a", "less_than": float("inf")}, "must be a number"),
        ({"attribute": " ", "is": 1}, "must not be empty"),
        ({"event": "e", "within_last": "0d"}, "must be a duration"),
        ({"event": "e", "within_last": "99999d"}, "must not be longer than 24855d"),
        ({"attribute": "a", "greater_than": "tall"}, 'must be a number, not "tall"'),
        ({"attribute": "a", "greater_than": "7d ago"}, "Compare dates with `before` or `after`"),
        ([], "all\n  Value error, must not be empty"),
        ({"any": []}, "any\n  Value error, must not be empty"),
        ({"all": [{"any": []}]}, "all.0.any\n  Value error, must not be empty"),
        ({"event": "e", "where": {"all": []}}, "where.all\n  Value error, must not be empty"),
        ({"segment": ""}, "segment\n  Value error, must not be empty"),
        ({"event": "e", "at_most": 0}, "For no event at all, write `not: {event: e}`"),
        (
            {"event": "e", "at_least": 2, "at_most": 4},
            "`{all: [{event: e, at_least: 2}, {event: e, at_most: 4}]}`",
        ),
        ({"event": "e", "same": 7}, "must be the name of an attribute, or a list of them, not 7"),
        ({"plan": "pro"}, "To test an attribute, write `{attribute: plan, is: pro}`"),
        (
            {"attribute": "a", "after": "now", "before": "7d from now"},
            "`{all: [{attribute: a, after: now}, {attribute: a, before: 7d from now}]}`",
        ),
    ],
)
def test_what_says_nothing_or_cannot_be_true_is_refused(written: Any, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        parse(written)


@pytest.mark.parametrize(
    ("word", "value", "line"),
    [
        *((word, "pro", "`is: pro`") for word in ("equals", "eq", "Equals", "==")),
        *((word, "pro", "`is_not: pro`") for word in ("neq", "not_equals", "ne")),
        ("in", ["a", "b"], "`is: [a, b]`"),
        ("not_in", "a", "`is_not: [a]`"),
        *((word, 3, "`greater_than: 3`") for word in ("gt", "more_than", "above")),
        *((word, 3, "`less_than: 3`") for word in ("lt", "below")),
        ("gte", 3, "`greater_than: 2`, which is the same for whole numbers"),
        ("lte", 3, "`less_than: 4`, which is the same for whole numbers"),
        ("gte", 2.5, "`greater_than`; Customer.io cannot compare"),
        ("at_most", 3, "`less_than: 4`"),
        ("newer_than", "14d", "`after: 14d ago`"),
        ("within", "14d", "`after: 14d ago`"),
        (
            "within_next",
            "7d",
            "two conditions under `all`: one with `after: now`, one with `before: 7d from now`",
        ),
        ("before_date", "2026-01-31", '`before: "2026-01-31"`'),
        ("is_set", True, "`exists: true`"),
        ("regex", "^a", "`contains`; Customer.io has no patterns"),
    ],
)
def test_operators_of_other_tools_get_the_line_to_write(word: str, value: Any, line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"Unknown operator `{word}`. Write {line}")):
        parse({"attribute": "plan", word: value})


@pytest.mark.parametrize(
    ("field", "value", "line"),
    [
        *((field, 3, "`at_least: 3`") for field in ("times", "count", "frequency")),
        ("max", 3, "`at_most: 3`"),
        ("less_than", 3, "`at_most: 2`"),
        ("more_than", 3, "`at_least: 4`"),
        ("in_last", "14d", "`within_last: 14d`"),
        ("exactly", 3, "two conditions: `all: ["),
        ("filters", {}, "`where: {attribute: total, greater_than: 100}`"),
    ],
)
def test_fields_of_events_in_other_tools_get_the_line(field: str, value: Any, line: str) -> None:
    text = f"Unknown field `{field}` beside `event`. Write {line}"
    with pytest.raises(ValueError, match=re.escape(text)):
        parse({"event": "paid", field: value})


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ({"and": []}, "`all: [...]`"),
        ({"or": []}, "`any: [...]`"),
        ({"cohort": "vip"}, "`segment: vip`"),
        ({"not_in_segment": "vip"}, "`not: {segment: vip}`"),
        ({"user_attribute": "plan", "is": 1}, "`attribute: plan`"),
        ({"performed": "paid"}, "`event: paid`"),
        ({"delay": "3d"}, "`- {id: pause, wait: 3d}`"),
        ({"frequency": 3}, "`at_least: 3` beside `event`"),
        ({"filter": {}}, "the condition itself"),
    ],
)
def test_keywords_of_other_tools_get_the_line_to_write(written: Any, line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        parse(written)


def test_a_credential_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="Unknown operator `equals`") as caught:
        parse({"attribute": "token", "equals": "sa_live_" + "0123456789abcdef" * 3})
    assert "0123456789abcdef" not in str(caught.value)


@pytest.mark.parametrize("text", ["3.10", "1e3", "1.0", "007", "+5", "1_000", "12345678901234567"])
def test_a_number_that_is_text_keeps_its_spelling(text: str) -> None:
    wire = compile_attribute_filters(parse({"attribute": "version", "is": text}))
    assert wire == {"field": "version", "operator": "eq", "value": text}
    assert decompile_attribute_filters(wire) == {"attribute": "version", "is": text}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"not": {"event": "e", "at_least": 3}}, {"event": "e", "at_most": 2}),
        ({"not": {"event": "e", "at_most": 2}}, {"event": "e", "at_least": 3}),
        ({"attribute": "a", "after": "24h ago"}, {"attribute": "a", "after": "1d ago"}),
        (
            {"event": "e", "same": "id"},
            {"event": "e", "where": {"attribute": "id", "is": {"event_attribute": "id"}}},
        ),
        ({"raw": {"and": []}}, {"raw": ""}),
    ],
)
def test_two_spellings_of_one_meaning_are_equal(left: Any, right: Any) -> None:
    assert normalize_condition(parse(left)) == normalize_condition(parse(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"attribute": "a", "after": "7d ago"}, {"attribute": "a", "after": "7d from now"}),
        ({"attribute": "a", "after": "now"}, {"attribute": "a", "after": "1970-01-01"}),
        ({"event": "e", "at_most": 2}, {"event": "e", "at_least": 2}),
        ({"event": "e", "same": "id"}, {"event": "e", "same": "name"}),
    ],
)
def test_two_meanings_are_not_equal(left: Any, right: Any) -> None:
    assert normalize_condition(parse(left)) != normalize_condition(parse(right))
