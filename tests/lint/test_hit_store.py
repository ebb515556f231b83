"""What rules found in a text is found again without checking it, and only for that text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cioform.core.data.json_value import JsonValue
from cioform.lint.check import check_subject
from cioform.lint.finding import Finding
from cioform.lint.hit_store import HitStore
from cioform.lint.rule import TextRule
from cioform.lint.rules import find_rules
from cioform.lint.subject import Subject
from tests.lint.test_rules import cases, subject_of

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


LOCAL_IDS = {rule.id for rule in LOCAL}


@pytest.mark.parametrize(
    ("rule", "case"), [each for each in cases("faults") if each.values[0] in LOCAL_IDS]
)
def test_a_local_rule_looks_at_nothing_but_what_the_key_has(
    rule: str, case: Mapping[str, Any]
) -> None:
    subject = subject_of(case)
    bare = Subject({}, subject.registry)
    [local] = [each for each in LOCAL if each.id == rule]
    for each in subject.texts:
        found = [*local.hits_in(each.text, each.content, each.subject)]
        content = replace(each.content, path=(), texts=(), fields={}, language="", roots=None)
        seen = replace(bare, engine=each.subject.engine)
        assert [*local.hits_in(replace(each.text, path=()), content, seen)] == found
