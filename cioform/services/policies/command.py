"""Check the files of workspaces, and run the tests of policies: `cioform policies`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cioform.config.load import load_configuration
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.text_locations import TextLocator
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Location, Severity
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.lint.subject import Subject
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.policies.checks import PolicyInput, find_violations
from cioform.policies.policy import Policy
from cioform.policies.policy_file import PolicyTest
from cioform.services.policies.check import read_policies
from cioform.services.policies.misplaced import misplaced_policies
from cioform.services.project.finding_location import finding_location
from cioform.services.revisions.find import find_commit
from cioform.services.revisions.run_origin import base_of_pull_request

_WHY: Final = "its policies judge these files"


@dataclass(frozen=True, slots=True)
class PolicyTests:
    """How the tests of all policies ended."""

    passed: int
    without_tests: tuple[str, ...]
    """The IDs of policies without tests."""
    failures: tuple[Diagnostic, ...]


def check_policies(root: Path, names: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Return what in the files of workspaces violates the policies of the files.

    In a pull request, the policies of its target branch apply. A violation that needs an approval
    is a warning. Policies that only a plan can check are left out. Raises PlanError if the target
    branch is not known.
    """
    base = base_of_pull_request(root, os.environ)
    commit = None if base is None else find_commit(root, base, _WHY)
    policies = [each for each in read_policies(root, commit=commit) if not each.needs_plan]
    kinds = find_kinds()
    locator = TextLocator(root)
    found = list(misplaced_policies(root))
    for name in names:
        resources = load_configuration(root, name, kinds, os.environ).desired.resources
        given = PolicyInput(Subject(resources, kinds), {})
        for policy in policies:
            if policy.covers_workspace(name):
                found += _diagnostics(policy, given, locator)
    return tuple(found)


def _diagnostics(policy: Policy, given: PolicyInput, locator: TextLocator) -> Iterator[Diagnostic]:
    severity = Severity.WARNING if policy.outcome == "approval" else Severity.ERROR
    for found in find_violations(policy, given):
        yield Diagnostic(
            f"Policy {policy.id}",
            f"{found.message} {policy.fields.text}",
            found.address,
            finding_location(found, given.subject, locator),
            severity,
        )


def run_policy_tests(root: Path) -> PolicyTests:
    """Run the tests of all policies. Raises ConfigError for a test that is not valid."""
    kinds = find_kinds()
    passed = 0
    failures: list[Diagnostic] = []
    policies = read_policies(root)
    for policy in policies:
        for test, place in policy.tests:
            got, why = _outcome(policy, test, place, kinds)
            if got == test.expect:
                passed += 1
                continue
            detail = f"{policy.id}, {test.name}: expected `{test.expect}`, got `{got}`. {why}"
            failures.append(Diagnostic("Test of a policy failed", detail.strip(), location=place))
    return PolicyTests(
        passed, tuple(each.id for each in policies if not each.fields.tests), tuple(failures)
    )


def _outcome(policy: Policy, test: PolicyTest, place: Location, kinds: Registry) -> tuple[str, str]:
    """Return what a policy says about an example, and why."""
    resources = {each.address: each for each in _resources(test, place, kinds)}
    audiences = dict.fromkeys(resources, test.people)
    found = next(find_violations(policy, PolicyInput(Subject(resources, kinds), audiences)), None)
    return ("pass", "") if found is None else (policy.outcome, found.message)


def _resources(test: PolicyTest, place: Location, kinds: Registry) -> Iterator[Resource]:
    for text, document in test.given.items():
        try:
            address = Address.parse(text)
        except ValueError as error:
            raise ConfigError.of("Invalid address", f"{error}.", location=place) from None
        if address.kind not in {kind.name for kind in kinds}:
            raise ConfigError.of(
                "Unknown kind", f"There is no kind `{address.kind}`.", location=place
            )
        yield _resource(address, document, place, kinds)


def _resource(
    address: Address, document: Mapping[str, object], place: Location, kinds: Registry
) -> Resource:
    kind = kinds[address.kind]
    data = dict(document)
    if kind.identity == "name":
        data.setdefault("name", address.name)
    try:
        attributes = kind.attributes(kind.model.model_validate(data))
    except ValidationError as error:
        checked = ValidatedDocument(data, kind.model, lambda _: place, address)
        raise ConfigError(to_diagnostics(error, checked)) from None
    return Resource(address, attributes, tuple(kind.references(attributes)), place)
