"""What a kind is: a model, an identity, routes, and pure functions between wire and model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.model.conversation import Api, Conversation
from cioform.model.names import Names, Reference
from cioform.model.resource import FieldPath, ResourceModel


class Verb(StrEnum):
    """What can be done with the objects of a kind."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Route:
    """One verb on one API. What `talk` takes and gives depends on the verb:

    LIST    ()                            -> list[Found]
    READ    (found)                       -> Found, with the whole wire form
    CREATE  (wanted, names)               -> Bound
    UPDATE  (live, wanted, names, paths)  -> Bound
    DELETE  (live)                        -> None
    COUNT   (live, names)                 -> int | People | None, those it reaches now
    """

    verb: Verb
    api: Api
    operation: Callable[..., Conversation[Any]]
    fields: frozenset[str] | None = None
    """The fields it can see or write, `*` for any name: `messages.*.subject`. None means all."""
    cannot_write: Callable[[FieldPath, Attributes], bool] | None = None
    """Whether it cannot write one of them all the same, for what the object is to be."""

    def covers(self, path: FieldPath, wanted: Attributes | None = None) -> bool:
        """Tell whether the route sees or writes the value at `path`; of an object that is to be
        `wanted`, where that is known."""
        if self.fields is not None and not any(path_matches(each, path) for each in self.fields):
            return False
        return wanted is None or self.cannot_write is None or not self.cannot_write(path, wanted)


def path_matches(pattern: str, path: FieldPath) -> bool:
    """Tell whether `path` is at or below `pattern`, in which `*` stands for any one step."""
    parts = pattern.split(".")
    return len(parts) <= len(path) and all(
        part in ("*", str(step)) for part, step in zip(parts, path, strict=False)
    )


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """A live object as an API answered it, not yet decoded."""

    remote_id: str
    identity: str
    api: Api
    wire: JsonValue
    aliases: tuple[str, ...] = ()
    """The names people call it by in a reference; only read-only kinds have them."""


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """How many people an object reaches now, and how many are at which of its parts."""

    total: int
    by_part: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a change touches."""

    state: str = "unknown"
    """`draft`, `running`, `stopped`, `live` (used by the next send), `shared` (by every message
    that names it), or `unknown`."""
    people: int | None = None
    """How many people are in the audience now, where the remote tells."""

    @property
    def is_live(self) -> bool:
        """Tell whether people get what changes, with nobody pressing another button."""
        return self.state in ("running", "live")

    @property
    def is_known(self) -> bool:
        """Tell whether the credentials at hand show the state."""
        return self.state != "unknown"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A wire form in our terms. A value no route at hand can read is `UNKNOWN`."""

    attributes: Attributes
    parts: Mapping[str, str] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The outcome of a write: the object's id, and those of its parts by our names."""

    remote_id: str
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveObject:
    """A live object: what was found, decoded."""

    kind: str
    found: RemoteObject
    decoded: Decoded
    requests: int = 1
    """How many requests it took to read."""

    @property
    def remote_id(self) -> str:
        """Its id in the workspace."""
        return self.found.remote_id

    @property
    def attributes(self) -> Attributes:
        """Its fields in canonical form."""
        return self.decoded.attributes


class Kind(ABC):
    """The sort of a resource. One subclass a file in `cioform.kinds`; a stateless value."""

    name: ClassVar[str]
    """As in addresses: `segment`."""
    folder: ClassVar[str]
    """Where its files lie: `segments`."""
    model: ClassVar[type[ResourceModel]]
    identity: ClassVar[str] = "name"
    """The field that tells live objects apart."""
    summary: ClassVar[str]
    """One sentence for the documentation."""
    example: ClassVar[str]
    """A YAML document that the suite loads, applies, pulls and destroys."""
    audit_type: ClassVar[str]
    """What the audit log calls it (journeys facts, section 8)."""
    hint: ClassVar[str] = ""
    """What people do by hand where no API at hand can write."""
    canonical_only_fields: ClassVar[frozenset[str]] = frozenset()
    """Top-level fields of the canonical form that no file spells, as a campaign's `messages`."""
    starter_file: ClassVar[str] = ""
    """The name of the file that `cioform init` writes with the example; empty for none."""
    has_own_folder: ClassVar[bool] = False
    """Whether an import gives each of its resources a folder, because it has many files."""
    unmanaged_fields: ClassVar[frozenset[str]] = frozenset()
    """Nested fields that stay as they are remotely when the file leaves them out, as top-level
    ones without a default do: `translations.*.from`."""

    @property
    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """Its routes, the preferred first: documented before undocumented."""

    @abstractmethod
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        """Give a wire form in our terms, the inverse of what the write routes send."""

    def attributes(self, model: ResourceModel) -> Attributes:
        """Give the canonical form of a model: what is compared, planned and stored. A field left
        out of the file that has no default is absent here, and is left as it is remotely."""
        return model.model_dump(mode="json", exclude_none=True)

    def normalize(self, attributes: Attributes) -> Attributes:
        """Give a form in which two attributes that mean the same are equal. Only for comparing;
        what is shown and sent stays as written."""
        return attributes

    def parse(self, attributes: Attributes) -> ResourceModel:
        """Give the model for a canonical form; the inverse of `attributes`."""
        return self.model.model_validate(attributes, strict=False)

    def references(self, attributes: Attributes) -> Iterable[Reference]:
        """Give every reference to another resource."""
        del attributes
        return ()

    def to_document(self, attributes: Attributes) -> dict[str, JsonValue]:
        """Give the tidy YAML document a person would have written: no defaults, no UNKNOWN."""
        return {
            name: value
            for name, value in attributes.items()
            if name in self.model.model_fields
            and value is not UNKNOWN
            and value != self.model.model_fields[name].get_default(call_default_factory=True)
        }

    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        """Give the values that belong in files of their own, each with the end of its file's
        name: `("body",), ".html"`."""
        del document
        return ()

    @property
    def has_references(self) -> bool:
        """Tell whether its objects may name others, so that those have to be known to read it."""
        return type(self).references is not Kind.references

    @property
    def is_read_only(self) -> bool:
        """Tell whether no API can write it at all."""
        return not any(r.verb in (Verb.CREATE, Verb.UPDATE) for r in self.routes)
