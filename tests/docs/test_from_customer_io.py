"""Every snippet in the tables of `docs/from-customer-io.md` is valid where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.config.read.parsing.parse import parse_yaml
from cioform.language.conditions import ConditionContext, problems
from cioform.language.conditions import parse as parse_condition
from cioform.services.kinds import known_kinds

PAGE: Final = Path(__file__).parents[2] / "docs" / "from-customer-io.md"

PLACEHOLDERS: Final = {
    "if: ...": "if: {segment: vip}",
    "then: [...]": "then: [exit]",
    ", ...]": "]",
    "[...]": "[{segment: vip}]",
    "not: {...}": "not: {segment: vip}",
    "conditions: {...}": "conditions: {segment: vip}",
    "email: {...}": "email: {subject: Hi, body: Hello}",
    "raw: {type: ...}": "raw: {type: other}",
    "url: ...": "url: https://acme.com",
    "headers: {...}": "headers: {X-A: b}",
    "reentry: {raw: {...}}": "reentry: {raw: {restart_mode: other}}",
    "goal: {raw: {...}}": "goal: {raw: {conversion_type: other}}",
    "object: {...}": "object: {object_campaign: {a: 1}}",
    "relationship: {...}": "relationship: {relationship_campaign: {a: 1}}",
    "{...}": "{a: 1}",
    "...": "text",
}
"""What takes the place of each `...`, the first that fits."""

EMAIL: Final = {"subject": "Hi", "from": "team@acme.com", "body": "Hello"}
ONE_MESSAGE: Final = {"id": "welcome", "email": EMAIL}


def _rows() -> Iterator[tuple[str, list[str]]]:
    """Yield each section and the snippets of the second column of each row of its table."""
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        for line in re.findall(r"^\|(.+)\|$", text, re.MULTILINE)[2:]:
            cell = re.split(r"(?<!\\)\|", line)[1]
            snippets = [s for s in re.findall(r"`([^`]+)`", cell) if ": " in s or s == "- exit"]
            if snippets:
                yield title, snippets


def _filled(snippet: str) -> Any:
    for placeholder, value in PLACEHOLDERS.items():
        snippet = snippet.replace(placeholder, value)
    [document] = parse_yaml(snippet, "snippet")
    return document.value


def _check(kind: str, fields: dict[str, Any]) -> None:
    model = known_kinds()[kind]
    example = yaml.safe_load(model.example)
    replaced = {"conditions"} if "manual" in fields else set()
    document = {name: value for name, value in example.items() if name not in replaced}
    model.attributes(model.model.model_validate(_with_texts({**document, **fields})))


def _with_texts(value: Any) -> Any:
    """Return a document with a text in place of each `{file: ...}`."""
    if isinstance(value, dict):
        return "text" if set(value) == {"file"} else {k: _with_texts(v) for k, v in value.items()}
    return [_with_texts(item) for item in value] if isinstance(value, list) else value


def _check_setting(fields: dict[str, Any]) -> None:
    _check("campaign", fields)


def _check_trigger(fields: dict[str, Any]) -> None:
    if "trigger" in fields:
        _check("campaign", {"exit": {}, "goal": "none", **fields})
        return
    head = (
        {"date": "birthday", "at": "10:00", "time_zone": "UTC"}
        if "repeats" in fields
        else {"event": "signed_up"}
    )
    _check("campaign", {"exit": {}, "trigger": {**head, **fields}})


def _check_step(fields: Any) -> None:
    if isinstance(fields, list):
        _check("campaign", {"workflow": [ONE_MESSAGE, *fields]})
        return
    if "timeout" in fields:
        fields = {"wait_until": {"segment": "vip"}, **fields}
    if "wait_until" in fields:
        fields = {"timeout": "3d", **fields}
    if "if" in fields:
        fields = {**fields, "then": ["exit"]}
    _check("campaign", {"workflow": [ONE_MESSAGE, {"id": "it", **fields}]})


def _check_block_setting(fields: dict[str, Any]) -> None:
    if "only_if" in fields:
        _check("campaign", {"workflow": [{**ONE_MESSAGE, **fields}]})
        return
    _check("campaign", {"workflow": [{"id": "it", "email": {**EMAIL, **fields}}]})


def _check_condition(fields: dict[str, Any]) -> None:
    [name] = fields
    if name in ("at_least", "at_most", "within_last", "where"):
        fields = {"event": "bought", **fields}
    elif name not in ("all", "any", "not", "segment", "event", "event_attribute", "opened",
                      "clicked", "raw"):  # fmt: skip
        fields = {"attribute": "plan", **({"is": "pro"} if name == "previously" else {}), **fields}
    elif name == "event_attribute":
        fields = {**fields, "is": 1}
    if name == "of":
        fields = {"object_attribute": "seats", "of": fields["of"], "is": 1}
    in_wait = name in ("event_attribute", "opened", "clicked", "of")
    context = ConditionContext("wait_until" if in_wait else "segment")
    assert problems(parse_condition(fields), context) == []


def _check_segment(fields: dict[str, Any]) -> None:
    _check("segment", fields)


def _check_transactional(fields: dict[str, Any]) -> None:
    block = {"sending", "track"} & set(fields)
    example = yaml.safe_load(known_kinds()["transactional"].example)
    _check("transactional", {"email": {**example["email"], **fields}} if block else fields)


CHECKS: Final[dict[str, Callable[[Any], None]]] = {
    "Campaign settings": _check_setting,
    "Triggers": _check_trigger,
    "Workflow blocks": _check_step,
    "Settings of a block": _check_block_setting,
    "Conditions": _check_condition,
    "Segments": _check_segment,
    "Transactional messages": _check_transactional,
}


@pytest.mark.parametrize(
    ("section", "snippet"),
    [(section, snippet) for section, snippets in _rows() for snippet in snippets],
)
def test_a_snippet_is_valid_where_its_table_says(section: str, snippet: str) -> None:
    CHECKS[section](_filled(snippet))


def test_there_are_snippets_in_every_table_with_a_check() -> None:
    assert {section for section, _ in _rows()} == set(CHECKS)
