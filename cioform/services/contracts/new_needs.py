"""Find new needs of changed messages, for the plan that would write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cioform.config.read.text_locations import TextLocator
from cioform.contract.infer import ContractFinder
from cioform.contract.needs import Contract, Need, Status
from cioform.contract.undeclared import declared_shape
from cioform.core.address import Address
from cioform.core.data.json_value import has_unknown
from cioform.language.liquid.show import show_path
from cioform.model.objects.snapshot import AppliedState
from cioform.model.resource import Resource
from cioform.plan.text_warning import TextWarning
from cioform.run.reading.reach.attribute_coverage import AttributeCounter
from cioform.services.context import OpenWorkspace
from cioform.services.project.declared_data import declared_data


def new_need_warnings(
    opened: OpenWorkspace,
    applied: AppliedState,
    addresses: Iterable[Address],
    counter: AttributeCounter,
) -> Iterator[TextWarning]:
    """Yield what resources need since they were last written, and nothing declares.

    How often an attribute is blank is asked for, where Customer.io tells it.
    """
    resources = opened.configuration.desired.resources
    old = {
        address: found
        for address in addresses
        if (found := _as_applied(opened, resources[address], applied)) is not None
    }
    if not old:
        return
    as_applied = opened.with_resources(old).configuration.desired.resources
    before = ContractFinder(as_applied, opened.kinds)
    after = ContractFinder(resources, opened.kinds)
    declared = declared_data(opened.root, opened.configuration)
    locator = TextLocator(opened.root)
    for address in old:
        contract, former = after.contract_of(address), before.contract_of(address)
        if contract is None or former is None:
            continue
        for need in _new_needs(former, contract):
            if declared_shape(contract, need, declared) is None:
                yield _warning(contract, need, resources, locator, counter)


def _as_applied(
    opened: OpenWorkspace, resource: Resource, applied: AppliedState
) -> Resource | None:
    """Return a resource as it was last written; None if that is not fully known."""
    binding = applied.bindings.get(resource.address)
    if binding is None or binding.applied is None or has_unknown(binding.applied):
        return None
    return opened.kinds.with_attributes(resource, {**resource.attributes, **binding.applied})


def _new_needs(before: Contract, after: Contract) -> Iterator[Need]:
    known = {need.path for need in before.needs if need.status is Status.REQUIRED}
    for need in after.needs:
        if need.status is Status.REQUIRED and need.path not in known and not need.provided_by:
            yield need


def _warning(
    contract: Contract,
    need: Need,
    resources: Mapping[Address, Resource],
    locator: TextLocator,
    counter: AttributeCounter,
) -> TextWarning:
    place = need.first_place
    return TextWarning(
        "new-data",
        "New data needed",
        f"{contract.address} now needs `{need.shown}`, which nothing declares."
        f"{_how_often_blank(need, counter)} A delivery without it fails. Make sure that it "
        "is sent before you apply this, or write a default.",
        contract.address,
        locator.locate_text(resources[place.address], place.text, place.offset),
    )


def _how_often_blank(need: Need, counter: AttributeCounter) -> str:
    if need.attribute is None:
        return ""
    coverage = counter.coverage(need.attribute)
    if coverage is None:
        return " The number of people who have it could not be read."
    return f" `{show_path(need.path[:2])}` is {coverage.text}."
