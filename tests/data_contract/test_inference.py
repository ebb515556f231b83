"""What a text needs: each case of `inference.yaml` is a text with its needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.contract.infer import ContractFinder
from cioform.contract.needs import Contract
from cioform.core.address import Address
from cioform.model.resource import Resource
from cioform.services.kinds import known_kinds

KINDS = known_kinds()

CASES = yaml.safe_load(Path(__file__).with_name("inference.yaml").read_text("utf-8"))
SNIPPETS = {
    "foot": "{{ customer.city }}",
}


def resource(kind_name: str, name: str, document: Mapping[str, object]) -> Resource:
    kind = KINDS[kind_name]
    attributes = kind.attributes(kind.model.model_validate(document))
    references = tuple(kind.references(attributes))
    return Resource(Address(kind_name, name), attributes, references)


def contract_of(body: str, *steps: Mapping[str, object]) -> Contract:
    resources = [resource("snippet", n, {"name": n, "value": v}) for n, v in SNIPPETS.items()]
    step: dict[str, object] = {"id": "hello", "sms": {"body": body}}
    document = {"name": "c", "trigger": {"event": "bought"}, "workflow": [*steps, step]}
    resources.append(resource("campaign", "c", document))
    finder = ContractFinder({each.address: each for each in resources}, KINDS)
    found = finder.contract_of(Address("campaign", "c"))
    assert found is not None
    return found


def shown(contract: Contract) -> list[str]:
    lines = []
    for need in contract.needs:
        types = "|".join(need.types) if need.type is None else str(need.type)
        lines.append(f"{need.shown} {need.status.word} {types}".strip())
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_needs_of_a_text(case: dict[str, Any]) -> None:
    assert shown(contract_of(case["text"])) == case["needs"]


def test_the_event_is_known_and_what_a_step_sets() -> None:
    step: dict[str, object] = {"id": "mark", "set_attributes": {"plan": "pro"}}
    contract = contract_of("{{ customer.plan }}{{ customer.other }}", step)
    assert contract.trigger is not None
    assert (contract.trigger.root, contract.trigger.name) == ("event", "bought")
    assert [(need.shown, need.provided_by) for need in contract.needs] == [
        ("customer.other", ""),
        ("customer.plan", "mark"),
    ]
