"""What rules found in a text is found again without checking it, and only for that text."""

from __future__ import annotations

from typing import Any

from cioform.core.json_value import JsonValue
from cioform.lint.check import check_subject
from cioform.lint.finding import Finding
from cioform.lint.hit_store import HitStore
from cioform.lint.rule import TextRule
from cioform.lint.rules import find_rules
from tests.lint.test_rules import subject_of

LOCAL = [rule for rule in find_rules() if isinstance(rule, TextRule) and rule.is_local]
CASE: dict[str, Any] = {
    "email": {
        "subject": "<b>Sale</b>",
        "layout": "none",
        "body": "{% if customer.a &gt; 3 && b %}x{% end %}<a href='example.com'>x</a>TODO",
    },
    "sms": {"body": "It’s here: https://acme.example {% if customer.a &gt; 3 %}x{% endif %}"},
}


def findings(store: HitStore | None, case: dict[str, Any] = CASE) -> list[Finding]:
    subject = subject_of(case)
    if store is not None:
        store.fill(subject)
    return check_subject(subject, find_rules())


def test_stored_hits_are_those_of_a_check() -> None:
    first = HitStore(LOCAL, dict, adds=True)
    expected = findings(None)
    assert findings(first) == expected
    assert any(finding.fix for finding in expected)
    again = HitStore([], lambda: first.new, adds=True)
    assert findings(again) == expected
    assert again.new == {}


def test_another_text_is_checked() -> None:
    store = HitStore(LOCAL, dict, adds=True)
    findings(store)
    other = {**CASE, "sms": {"body": "TODO"}}
    assert findings(HitStore(LOCAL, lambda: store.new, adds=False), other) == findings(None, other)


def test_a_broken_store_is_no_store() -> None:
    store = HitStore(LOCAL, dict, adds=True)
    findings(store)
    broken: dict[str, JsonValue] = {key: [{"EM210": 1}] for key in store.new}
    assert findings(HitStore(LOCAL, lambda: broken, adds=True)) == findings(None)
