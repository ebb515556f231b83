"""A policy, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location
from cioform.policies.policy_file import Check, PolicyFile, PolicyTest


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. Its text tells the person who is refused what it demands."""

    fields: PolicyFile
    location: Location
    test_locations: tuple[Location, ...] = field(default=(), compare=False)

    @property
    def id(self) -> str:
        """Its name in plans, and in `--approve`."""
        return self.fields.id

    @property
    def check(self) -> Check:
        """What it looks at."""
        return self.fields.check

    @property
    def check_name(self) -> str:
        """The field that says what it looks at."""
        return next(iter(self.check.model_fields_set))

    @property
    def needs_plan(self) -> bool:
        """Whether only a plan knows what it asks for."""
        return self.check.max_people is not None

    @property
    def outcome(self) -> str:
        """What happens to a plan that violates it: `approval` or `deny`."""
        return self.fields.outcome

    @property
    def tests(self) -> Iterable[tuple[PolicyTest, Location]]:
        """Its tests, each with its place."""
        return zip(self.fields.tests, self.test_locations, strict=True)

    def covers(self, address: Address) -> bool:
        """Return whether it is about an address."""
        return any(fnmatchcase(str(address), each) for each in self.fields.addresses)

    def covers_workspace(self, name: str) -> bool:
        """Return whether it is about a workspace."""
        return any(fnmatchcase(name, each) for each in self.fields.workspaces)

    def covers_channel(self, channel: str) -> bool:
        """Return whether it is about a channel."""
        return self.fields.channels is None or channel in self.fields.channels
