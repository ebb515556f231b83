"""The contents of a resource: its texts, their formats, and the variables they may use."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from enum import StrEnum

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field


class TextForm(StrEnum):
    """What a text is, once it is rendered."""

    HTML = "html"
    TEXT = "text"
    LINE = "line"
    ADDRESS = "address"
    URL = "url"
    JSON = "json"


class ContentRole(StrEnum):
    """What a content is to the people who receive a message."""

    MESSAGE = "message"
    """A whole message in one language."""
    FRAME = "frame"
    """What stands around e-mails, as a layout."""
    FRAGMENT = "fragment"
    """A piece that other texts include, as a snippet."""
    STEP = "step"
    """The texts of a step that sends nothing."""


@dataclass(frozen=True, slots=True)
class ContentText:
    """One text of a content."""

    field: str
    """The field that holds it: `subject`."""
    path: FieldPath
    """Its place in the document."""
    value: str
    form: TextForm
    may_be_secret: bool = False
    """Whether only another system gets it, so that it may contain a sensitive value."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message in one language, a piece that messages share, or the texts of a step."""

    channel: str
    """How it reaches people: `email`, `push`, `sms`; the name of what it is if it is no message."""
    path: FieldPath
    """Its place in the document."""
    texts: tuple[ContentText, ...]
    fields: Mapping[str, Json] = field(default_factory=dict)
    """The fields of the message as the document has them."""
    language: str = ""
    """The code of a translation; empty for the default language."""
    roots: frozenset[str] | None = None
    """The variables that Customer.io sets for it; None where that depends on who uses it."""
    is_requested: bool = False
    """Whether the person asked for it, as for a receipt, so that it needs no unsubscribe link."""
    role: ContentRole = ContentRole.MESSAGE

    @property
    def medium(self) -> str:
        """The channel of the messages in which people see it; empty if it may be any."""
        if self.role is ContentRole.MESSAGE:
            return self.channel
        return "email" if self.role is ContentRole.FRAME else ""

    def text(self, name: str) -> ContentText | None:
        """Return the text of a field, or None if there is none."""
        for text in self.texts:  # quicker than `next`, and often asked
            if text.field == name:
                return text
        return None


class DataSource(StrEnum):
    """What sends the data that starts a message."""

    EVENT = "event"
    SEND = "send"
    BROADCAST = "broadcast"
    OTHER = "other"
    """A webhook, a form, or a change of an object."""


@dataclass(frozen=True, slots=True)
class TriggerData:
    """The data that comes with what starts a message."""

    source: DataSource
    root: str
    """The variable that has it: `event` or `trigger`."""
    name: str = ""
    """The name of the event, or what the program that sends the data calls the message by."""


@dataclass(frozen=True, slots=True)
class ProvidedData:
    """Data that an object sets itself before a message uses it."""

    path: tuple[str, ...]
    """The path of the variable: `("customer", "plan")`."""
    step: str
    """The step that sets it."""


class HasContents(Abstract):
    """A kind whose objects say something to people."""

    def trigger_data(self, _attributes: Attributes) -> TriggerData | None:
        """Return the data that starts the messages of an object; None if nothing is sent along."""
        return None

    def provided_data(self, _attributes: Attributes) -> Iterable[ProvidedData]:
        """Return the data that an object sets itself."""
        return ()

    @abstractmethod
    def contents(self, attributes: Attributes) -> Iterable[Content]:
        """Return what the objects say, with the places that a document has it at."""
