"""The fields that a document of any kind may have, and those of older formats."""

from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime
from typing import Final, TypedDict

from cioform.core.address import Address
from cioform.core.data.json_value import JsonValue
from cioform.model.fields.upgrading import rename_field
from cioform.model.kind import Kind

META_FIELDS: Final = ("kind", "id", "was", "remote_id", "protect", "ignore", "because", "until")
"""The fields that a document of any kind may have."""
UNTIL: Final = "until"

OLD_META_FIELDS: Final[Mapping[str, str]] = {"key": "id"}
"""The old names of meta fields, each with the name that replaced it."""

_PROTECT: Final = "Use `protect: true`, which refuses to delete the resource."
_IGNORE: Final = "Use `ignore` with the paths of fields, and say why in `because`."
_WAS: Final = "Use `was` with the earlier address, such as `was: segment.old_name`."
_REMOTE_ID: Final = "Use `remote_id` with the ID of the object in Customer.io: `remote_id: 12`."
_NO_ORDER: Final = "Remove it: the order follows from what the documents refer to."
OTHER_META_FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("resource", "resource_type", "apiVersion"), "The folder gives the kind."),
    **dict.fromkeys(("depends_on", "dependsOn", "needs"), _NO_ORDER),
    **dict.fromkeys(("prevent_destroy", "deletion_protection", "protected"), _PROTECT),
    **dict.fromkeys(("ignore_changes", "ignoreChanges", "ignored"), _IGNORE),
    "lifecycle": f"{_PROTECT} {_IGNORE}",
    **dict.fromkeys(("moved", "moved_from", "aliases", "previous_name", "renamed_from"), _WAS),
    **dict.fromkeys(("remote", "import_id", "external_id", "customer_io_id"), _REMOTE_ID),
}
"""What other tools have in a document of any kind, and what to do instead."""


def upgrade_meta_fields(document: MutableMapping[str, JsonValue], kind: Kind) -> None:
    """Rename the old meta fields of a document, in place."""
    for old in old_meta_fields(document, kind):
        rename_field(document, old, OLD_META_FIELDS[old])


def old_meta_fields(document: Mapping[str, JsonValue], kind: Kind) -> list[str]:
    """Return the old meta fields that a document has."""
    found = [old for old in OLD_META_FIELDS if old in document]
    # The names of a model's fields are not asked for where nothing is found, as in most documents.
    return [old for old in found if old not in kind.model.yaml_field_names()] if found else []


def is_expired(until: date | None) -> bool:
    """Return whether the last day of an `ignore` is over, in UTC."""
    return until is not None and datetime.now(UTC).date() > until


class MetaFields(TypedDict):
    """The meta fields of a document, but for its kind and its name."""

    protect: bool
    ignore: list[str]
    because: str
    until: date | None
    was: tuple[Address, ...]
    remote_id: str | None


NO_META_FIELDS: Final[MetaFields] = {
    "protect": False,
    "ignore": [],
    "because": "",
    "until": None,
    "was": (),
    "remote_id": None,
}
"""The meta fields of a document that has none, as most documents."""
