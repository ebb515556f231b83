"""Data that no declaration has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.contract.needs import Contract, Need, Status
from cioform.contract.undeclared import undeclared_needs
from cioform.core.diagnostic import Severity
from cioform.core.suggest import did_you_mean
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject


class UndeclaredData(Rule):
    """A message needs a value that the declarations in `_data` do not have.

    It is an error if the message always needs the value, and a warning if it does so only under a
    condition. Events and attributes without any declaration are not checked.
    """

    id = "DT118"
    name = "Data that no declaration has"
    group = Group.DATA
    severity = Severity.ERROR
    bad = "{{ event.totl }} where `_data/events/purchased.yaml` declares `total`"
    good = "{{ event.total }}"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the needs that are not declared, each at its first use."""
        for contract in subject.contracts if subject.declared else ():
            for need in undeclared_needs(contract, subject.declared):
                place = need.first_place
                resource = subject.resources[place.address]
                severity = None if need.status is Status.REQUIRED else Severity.WARNING
                hit = Hit(
                    _message(contract, need, subject),
                    place.offset,
                    severity,
                    text=place.text,
                )
                yield self.finding(resource, hit)


def _message(contract: Contract, need: Need, subject: Subject) -> str:
    root, name = str(need.path[0]), contract.trigger_name
    where = "the attributes of people" if root == "customer" else f"the event `{name}`"
    user = "" if need.first_place.address == contract.address else f" for {contract.address}"
    declared = subject.declared.of(root, name)
    known = (
        {}
        if declared is None
        else {show_path((root, field)): field for field in declared.shape.fields}
    )
    hint = did_you_mean(need.shown, known)
    file = "" if declared is None else f" in `{declared.location.file}`"
    return (
        f"A delivery fails without `{need.shown}`{user}, which the declaration of {where} does not "
        f"have.{hint} Declare it{file}, or write a default."
    )


RULE: Final = UndeclaredData()
