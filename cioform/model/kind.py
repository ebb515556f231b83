"""A kind: its model, its identity, its routes, and pure functions between wire and model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic

from typing_extensions import TypeVar

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.model.fields.upgrading import upgrade_fields
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.references.names import Names, Reference
from cioform.model.resource import ResourceModel
from cioform.model.routing.routes import Route, Verb
from cioform.model.values.notation import rewrite_members_like

# `Kind` alone stands for any kind: who handles all of them cannot know the model of each.
ModelT = TypeVar("ModelT", bound=ResourceModel, default=Any)
_BLANK: Final[tuple[Json, ...]] = (None, "", [], {})


class Kind(Abstract, Generic[ModelT]):
    """The type of a resource. Each module of `cioform.kinds` has one; it holds no state."""

    name: ClassVar[str]
    """The first half of addresses: `segment`."""
    folder: ClassVar[str]
    """The folder of its files: `segments`."""
    model: type[ModelT]
    """What a file may contain."""
    identity: ClassVar[str] = "name"
    """The field that tells the objects of a workspace apart."""
    unique_field: ClassVar[str] = ""
    """The field whose value Customer.io refuses to give to two objects, such as `name`."""
    summary: ClassVar[str]
    """One sentence for the documentation."""
    example: ClassVar[str]
    """A YAML document that the tests load, apply, import and delete."""
    audit_type: ClassVar[str]
    """The type of its objects in the audit log (journeys facts, section 8)."""
    is_gated_when_live: ClassVar[bool] = False
    """Whether service accounts need a permission of the workspace to change it once something that
    is running uses it: the live-data gate (journeys facts, section 9.5)."""
    hint: ClassVar[str] = ""
    """What to do by hand when no API can write it."""
    has_description_stamp: ClassVar[bool] = False
    """Whether its `description` may say which file manages the object: no recipient sees it, and
    it is known which requests write it."""
    unmanaged_fields: ClassVar[frozenset[str]] = frozenset()
    """Nested fields that keep their live value when the file omits them, as top-level fields
    without a default do: `translations.*.from`."""
    wire_members: ClassVar[frozenset[str] | None] = None
    """Every member of its objects in a response, in either API, that a source records: fields
    describe it, or Customer.io sets it itself. `date_*` stands for all that begin so. Others are
    compared as unmanaged fields. None if the members are not recorded."""
    wire_keys: ClassVar[tuple[str, ...]] = ()
    """The members of a response that may have the object: `campaign`; empty if it is the whole."""
    naming_fields: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The fields that name other objects, at any depth, with the kind of these: `layout`."""
    leading_fields: ClassVar[tuple[str, ...]] = ()
    """Nested fields that `cioform fmt` puts first in their mapping: `sending` of a message."""

    @property
    @abstractmethod
    def routes(self) -> Sequence[Route[ModelT]]:
        """The routes in order of preference: documented before undocumented."""

    @abstractmethod
    def decode(self, found: RemoteObject, names: Names, /) -> Decoded:
        """Return the canonical form of a remote object, the inverse of what the writes send."""

    def attributes(self, model: ModelT, /) -> Attributes:
        """Return the canonical form of a model, which is compared, planned and stored.

        A field that the file omits and that has no default is absent, and keeps its live value.
        """
        return model.to_fields()

    def parse(self, attributes: Attributes, /) -> ModelT:
        """Return the model of a canonical form, the inverse of `attributes`."""
        return self.model.model_validate(attributes, strict=False)

    def normalize(self, attributes: Attributes, /) -> Attributes:
        """Return a form in which two attributes of the same meaning are equal.

        It is only compared; users see and the remote gets what was written.
        """
        return attributes

    def rewrite_like(self, attributes: Attributes, like: Attributes, /) -> Attributes:
        """Return attributes that mean the same, in the notation of `like` where possible."""
        return rewrite_members_like(attributes, like, self.normalize)

    def default_value(self, _path: FieldPath, _live: Attributes, /) -> Json:
        """Return the default of a field in Customer.io, None for blank.

        `_path` is that of an unmanaged value of `_live`, in canonical form. Such a value takes no
        room in the state.
        """
        return None

    def is_default(self, path: FieldPath, value: Json, attributes: Attributes, /) -> bool:
        """Return whether the value of an unmanaged field is blank or the default."""
        default = self.default_value(path, attributes)
        return value == default if default is not None else value in _BLANK

    def overridden(self, _live: Attributes, _wanted: Attributes, /) -> Iterable[FieldPath]:
        """Yield the unmanaged fields of `_live` that a write of `_wanted` removes.

        `_wanted` sets the same member by another field, which cannot express the live value.
        """
        return ()

    def references(self, _attributes: Attributes, /) -> Iterable[Reference]:
        """Return every reference to another resource."""
        return ()

    def to_document(self, attributes: Attributes, /) -> dict[str, Json]:
        """Return the YAML document that a person would write: no defaults, nothing unknown."""
        return {
            name: value
            for name, value in attributes.items()
            if name in self.model.model_fields
            and value is not UNKNOWN
            and value != self.model.model_fields[name].get_default(call_default_factory=True)
        }

    def body_files(self, _document: Mapping[str, Json], /) -> Iterable[tuple[FieldPath, str]]:
        """Return the values that belong in files of their own, with the endings of their names.

        An example is `("body",), ".html"`.
        """
        return ()

    def upgrade(self, document: MutableMapping[str, Json], /) -> None:
        """Rewrite a document of an older file format, in place.

        `document` is a document of a file, as a dict or with its comments, or a canonical form of
        an older state. A document of the current format does not change.
        """
        upgrade_fields(self.model, document)

    @property
    def has_unique_names(self) -> bool:
        """Whether Customer.io refuses to give an object the identity of another one."""
        return self.unique_field == self.identity

    @property
    def has_references(self) -> bool:
        """Whether its objects may refer to others, which must then be listed to decode it."""
        return type(self).references is not Kind.references

    @property
    def is_read_only(self) -> bool:
        """Whether no API can write it."""
        return not any(route.verb in (Verb.CREATE, Verb.UPDATE) for route in self.routes)
