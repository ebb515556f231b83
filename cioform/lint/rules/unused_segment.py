"""Segment that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject
from cioform.model.routing.routes import EstimateRoute


class UnusedSegment(Rule):
    """A segment that no campaign and no other segment names is often left over.

    What Customer.io itself uses, such as newsletters and exports, is not in the files. So a segment
    with a `description` that says what it is for is not reported.
    """

    id = "HY605"
    name = "Segment that nothing uses"
    group = Group.HYGIENE
    bad = "segments/spring_sale_2021.yaml, which no file names"
    good = "trigger: {segment: spring_sale_2021}"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the segments."""
        for address, resource in sorted(subject.resources.items()):
            routes = subject.registry[address.kind].routes
            if not any(isinstance(route, EstimateRoute) for route in routes):
                continue
            is_needed = address in subject.used_addresses or resource.is_shared
            if not is_needed and not resource.attributes.get("description"):
                yield self.finding(
                    resource,
                    Hit(
                        "No campaign and no other segment names it. Remove the file, or say in "
                        "`description` what it is for.",
                        path=("name",),
                    ),
                )


RULE: Final = UnusedSegment()
