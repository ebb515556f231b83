"""Capabilities, which only some kinds have.

A caller asks for one with `isinstance(kind, NeedsSetup)` and never for a kind by its name. They are
base classes rather than structural protocols because `isinstance` of a protocol is 30 times slower,
and a plan asks for every resource.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.remote_access.conversation import Api, Conversation, Request


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an object cannot be written, or why it may not be of use."""

    text: str
    """Full sentences if it blocks, otherwise a clause for the reason of the change."""
    blocks: bool


class TakesDefaults(Abstract):
    """A kind with values for which the settings may have a default, such as a sender."""

    @abstractmethod
    def default_places(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, str]]:
        """Yield every mapping of a document that takes defaults: its place, and their group.

        The group is a type of message, or empty for `time_zone`. The document may be invalid.
        """


class HasAudience(Abstract):
    """A kind with fields that decide whom an object reaches, where no API estimates how many."""

    audience_fields: ClassVar[frozenset[str]]
    """The top-level fields that decide whom an object reaches: the trigger of a campaign."""
    entry_field: ClassVar[str] = "trigger"
    """The field among these that lets people in: a condition, or a value with an `audience`."""
    condition_fields: ClassVar[frozenset[str]]
    """The fields of its parts that decide whom a part reaches: `only_if` of a step."""


class CreatesOnDemand(Abstract):
    """A kind that creates other objects when they are missing, as a campaign creates its tags."""

    @abstractmethod
    def creates_on_demand(self, attributes: Attributes) -> Iterable[tuple[str, str]]:
        """Return the kind and identity of every object that a write creates when it is missing.

        A resource that manages one of them is written first.
        """


class IsCreatedOnDemand(Abstract):
    """A kind whose objects others create and call by their names, without references: tags."""


class HasSchemaDefinitions(Abstract):
    """A kind whose editor schema describes something at several depths, such as steps."""

    @abstractmethod
    def schema_definitions(self) -> dict[str, Json]:
        """Return the schema definitions that are used at several depths, by name."""


class HasStarterFile(Abstract):
    """A kind whose example is a file of each new workspace."""

    starter_file: ClassVar[str]
    """The name of the file that `cioform init` writes with the example."""


class HasTextIds(Abstract):
    """A kind whose objects have remote IDs that are names, not numbers."""


class HasPermanentFields(Abstract):
    """A kind with a field that never changes once it is set, such as the type of a trigger."""

    @abstractmethod
    def replacement_reason(self, live: Attributes, wanted: Attributes) -> str | None:
        """Return why the object must be replaced to become `wanted`, and what that costs.

        Return None when it can be updated.
        """


class HasLifecycle(Abstract):
    """A kind whose objects are started and stopped by a person in Customer.io."""

    states: ClassVar[tuple[str, ...]]
    """The states that a person can set."""

    @abstractmethod
    def state_request(self, remote_id: str, state: str) -> Request:
        """Return the request that sets the state.

        Only the sandbox accepts it: no call of the real API is known (journeys facts, section 10).
        """


class HasOpenFields(Abstract):
    """A kind with fields of which no source records whether Customer.io's API takes them."""

    @abstractmethod
    def open_fields(self, attributes: Attributes) -> Mapping[str, Request]:
        """Return the open fields that an object has, by their names in `WriteContext.described`.

        Each comes with a request that has the field. It can be written if the API's description of
        itself declares all of that request.
        """


class SetUpByHand(Abstract):
    """A kind with something that people set up outside of all APIs, such as a DNS record.

    For some kinds that is the whole object. In a sandbox, cioform sets it up for the objects that
    the files declare.
    """

    @abstractmethod
    def set_up_in_sandbox(self, declared: Sequence[Attributes]) -> Conversation[None]:
        """Set up what the declared objects need and the sandbox lacks."""


class IsSeenByRecipients(Abstract):
    """A kind whose objects recipients see by their names, as they see senders."""


class HasOwnNames(Abstract):
    """A kind whose objects references call by a name of their own, as senders by an address.

    Such an object needs no file to be referred to.
    """

    @abstractmethod
    def own_names(self, attributes: Attributes) -> Sequence[str]:
        """Return the names of an object in references, the shortest first."""

    def reference_problem(self, _text: str, /) -> str | None:
        """Return what is wrong with a name in a reference to an object without a file.

        None if nothing is wrong.
        """
        return None


class NeedsSetup(Abstract):
    """A kind whose objects need something that only people can set up, such as a DNS record."""

    @property
    @abstractmethod
    def setup_api(self) -> Api:
        """The API that says what is set up."""

    @abstractmethod
    def find_obstacles(
        self, wanted: Sequence[Attributes]
    ) -> Conversation[Sequence[Obstacle | None]]:
        """Return what stands in the way of each object that a plan creates, None for nothing."""

    @abstractmethod
    def find_uses(self, deleted: Sequence[str]) -> Conversation[Sequence[Obstacle | None]]:
        """Return why the objects with these IDs cannot be deleted, None for one that can."""

    @abstractmethod
    def unreadable_obstacle(self, wanted: Attributes) -> Obstacle:
        """Return the obstacle of an object where nothing can be read of it."""


class HasMembers(Abstract):
    """A kind whose objects are groups of people, to which commands add members."""


class MessageSource(StrEnum):
    """What sends messages and therefore has metrics in the App API (app facts, section 5.7)."""

    CAMPAIGN = "campaign"
    BROADCAST = "broadcast"
    NEWSLETTER = "newsletter"
    TRANSACTIONAL = "transactional"

    @property
    def path_segment(self) -> str:
        """The name in paths of the App API."""
        return self.value if self is MessageSource.TRANSACTIONAL else f"{self.value}s"


class SendsMessages(Abstract):
    """A kind whose objects send messages to people, so that they have metrics."""

    @property
    @abstractmethod
    def message_source(self) -> MessageSource:
        """What the objects are to the App API."""


class NamedInLiquid(Abstract):
    """A kind whose objects texts use by their identity in Liquid, as `{{ snippets.footer }}`."""

    @property
    @abstractmethod
    def liquid_collection(self) -> str:
        """The name before the dot: `snippets`."""
