"""Every rule finds its planted faults, at their places, and nothing in clean texts.

A file of `cases` has the faults and the clean texts of the rule that it is named for. A case is a
small workspace: snippets by name, a layout, and messages by type, which belong to a campaign that
an event starts unless the case says otherwise. `finds` has what stands at the place of each
finding, or the path of the value that it is about.

A file of `clean` is a message as people send it, in the same form. No rule finds anything in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.contract.declared import (
    CustomerData,
    DeclaredData,
    DeclaredFile,
    EventData,
    shape_of_file,
)
from cioform.core.address import Address
from cioform.core.data.paths import format_path
from cioform.core.diagnostic import Location
from cioform.language.liquid.dialect import Engine
from cioform.lint.check import check_subject
from cioform.lint.finding import Finding
from cioform.lint.markup.html import Html
from cioform.lint.rule import MAX_HITS
from cioform.lint.rules import find_rules
from cioform.lint.subject import Subject
from cioform.model.resource import Resource
from cioform.services.kinds import known_kinds

CASES = Path(__file__).parent / "cases"
CLEAN = sorted((Path(__file__).parent / "clean").glob("*.yaml"))
KINDS = known_kinds()
RULES = {rule.id: rule for rule in find_rules()}
MESSAGES = ("email", "push", "sms", "whatsapp", "in_app", "slack", "webhook")


def cases(section: str) -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for number, case in enumerate(document[section]):
            yield pytest.param(file.stem, case, id=f"{file.stem}-{number}")


def resource(kind_name: str, name: str, document: Mapping[str, Any]) -> Resource:
    kind = KINDS[kind_name]
    attributes = kind.attributes(kind.model.model_validate(document))
    references = tuple(kind.references(attributes))
    return Resource(Address(kind_name, name), attributes, references)


def resources(case: Mapping[str, Any]) -> Iterator[Resource]:
    for name, value in case.get("snippets", {}).items():
        yield resource("snippet", name, {"name": name, "value": value})
    for name, body in case.get("layouts", {}).items():
        yield resource("layout", name, {"name": name, "body": body})
    for name, document in case.get("segments", {}).items():
        yield resource("segment", name, {"name": name, **document})
    for name, document in case.get("transactional", {}).items():
        yield resource("transactional", name, {"name": name, **document})
    steps = [{"id": f"{name}_step", name: case[name]} for name in MESSAGES if name in case]
    steps += case.get("workflow", [])
    if steps:
        document = {"name": "c", "trigger": case.get("trigger", {"event": "bought"})}
        fields = case.get("campaign", {})
        yield resource("campaign", "c", {**document, **fields, "workflow": steps})


def declared(data: Mapping[str, Any]) -> DeclaredData:
    def file(model: type[CustomerData] | type[EventData], document: Any) -> DeclaredFile:
        return DeclaredFile(shape_of_file(model.model_validate(document)), Location("_data/x.yaml"))

    events = data.get("events", {}).items()
    customer = file(CustomerData, data["customer"]) if "customer" in data else None
    return DeclaredData(customer, {name: file(EventData, each) for name, each in events})


def subject_of(case: Mapping[str, Any]) -> Subject:
    by_address = {each.address: each for each in resources(case)}
    engine = Engine(case.get("engine", "latest"))
    drafts = {Address.parse(text): days for text, days in case.get("old_drafts", {}).items()}
    found = declared(case.get("declared", {}))
    return Subject(by_address, KINDS, engine, declared=found, find_old_drafts=lambda: drafts)


def found_in(rule: str, case: Mapping[str, Any]) -> tuple[list[Finding], Subject]:
    subject = subject_of(case)
    return check_subject(subject, [RULES[rule]]), subject


def matches(finding: Finding, expected: str, subject: Subject) -> bool:
    if finding.text is not None and finding.offset is not None:
        return finding.text.value.startswith(expected, finding.offset)
    path = subject.shown_path(finding.address, finding.path)
    return expected in (path, format_path(finding.path), str(finding.address))


@pytest.mark.parametrize(("rule", "case"), list(cases("faults")))
def test_a_planted_fault_is_found_at_its_place(rule: str, case: Mapping[str, Any]) -> None:
    findings, subject = found_in(rule, case)
    expected = case["finds"]
    shown = [(f.message, subject.shown_path(f.address, f.path), f.excerpt) for f in findings]
    assert len(findings) == len(expected), shown
    for finding, text in zip(findings, expected, strict=True):
        assert matches(finding, text, subject), (text, shown)
        assert finding.message[-1] in ".?"
        assert finding.message[0].isupper() or finding.message[0] in '`"', finding.message


@pytest.mark.parametrize(("rule", "case"), list(cases("clean")))
def test_a_clean_text_has_no_finding(rule: str, case: Mapping[str, Any]) -> None:
    findings, _ = found_in(rule, case)
    assert [(finding.message, finding.excerpt) for finding in findings] == []


@pytest.mark.parametrize(("track", "found"), [({}, ["EM205"]), ({"links": False}, [])])
def test_tracked_links_make_a_message_larger(track: Mapping[str, Any], found: list[str]) -> None:
    body = '<p>word</p><a href="https://acme.example/offers">Offers</a>\n' * 1_000
    email = {"subject": "x", "body": body, "layout": "none", "track": track}
    assert [finding.rule for finding in found_in("EM205", {"email": email})[0]] == found


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        ("", "With its layout and snippets the e-mail has 107 KB"),
        ('<a href="https://a.example">A</a>', "With its layout, snippets and 1 tracked link the"),
    ],
)
def test_a_size_says_what_it_counts(end: str, begin: str) -> None:
    email = {"subject": "x", "body": "<p>a</p>\n" * 12_200 + end, "layout": "none"}
    [finding], _ = found_in("EM205", {"email": email})
    assert finding.message.startswith(begin)


@pytest.mark.parametrize("file", CLEAN, ids=lambda file: file.stem)
def test_no_rule_finds_anything_in_a_clean_message(file: Path) -> None:
    subject = subject_of(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    findings = check_subject(subject, RULES.values())
    assert [(each.rule, each.message, each.excerpt) for each in findings] == []


def test_there_are_enough_messages() -> None:
    faults = [case for _, case in (each.values for each in cases("faults"))]
    assert sum(len(case["finds"]) for case in faults) >= 60
    assert len(CLEAN) >= 20


def test_every_rule_has_cases_and_documentation() -> None:
    assert {file.stem for file in CASES.glob("*.yaml")} == set(RULES)
    for rule in RULES.values():
        assert (type(rule).__doc__ or "").strip()
        assert rule.bad
        assert rule.good
        assert rule.name


@pytest.mark.parametrize("part", ["<style></style>", "<!-- --><p>", "<title>", "<script><!--"])
def test_a_hostile_text_is_searched_once(part: str) -> None:
    begin = time.process_time()
    assert Html(part * 12_000).open_tag is None
    assert time.process_time() - begin < 3


def test_a_text_with_thousands_of_faults_is_reported_in_part() -> None:
    found, _ = found_in("LQ001", {"email": {"subject": "Hi", "body": "{{ " * 50_000}})
    assert len(found) == MAX_HITS + 1
    assert (
        found[-1].message == "The text has more than 1,000 such places. Correct the others first."
    )
