"""The files that `cioform contract` writes: declarations of data, and types for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cioform.config.read.data_files import CUSTOMER_FILE, DATA_FOLDER, EVENTS_FOLDER
from cioform.config.write.dump import dump_yaml
from cioform.config.write.resources import schema_comment
from cioform.contract import type_code
from cioform.contract.declared import DeclaredFile
from cioform.contract.draft import declaration_of, draft_shape
from cioform.contract.needs import Contract
from cioform.contract.shape import Shape, shape_of_needs
from cioform.core.address import slugify
from cioform.core.data.json_value import Json
from cioform.run.reading.data_index import DataIndex
from cioform.services.contracts.workspace_contracts import WorkspaceContracts
from cioform.services.project.project_files import SCHEMA_PATH
from cioform.storage.user_files import report_write_errors, write_text


def write_drafts(
    found: WorkspaceContracts, contracts: Sequence[Contract], index: DataIndex | None = None
) -> Iterator[Path]:
    """Write declarations for what messages use and nothing declares, and yield the files.

    What the data index of the workspace has of people and of these events is declared too.

    What is declared stays as it is; a file is only written if it gets another field. Comments of
    such a file are lost.
    """
    folder = found.configuration.folder / DATA_FOLDER
    by_event: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        if contract.trigger is not None and contract.trigger.root == "event":
            by_event[contract.trigger.name].append(contract)
    index = index or DataIndex()
    customer = draft_shape(contracts, "customer", _shape(found.declared.customer), index.customer)
    _require_only_known(customer, _shape(found.declared.customer))
    yield from _write(found, folder / CUSTOMER_FILE, customer, found.declared.customer, "customer")
    for event, users in sorted(by_event.items()):
        known = found.declared.events.get(event)
        path = folder / EVENTS_FOLDER / f"{slugify(event)}.yaml"
        if known is not None and not known.is_included:
            path = found.root / known.location.file
        shape = draft_shape(users, "event", _shape(known), index.events.get(event))
        yield from _write(found, path, shape, known, "event", event)


def _require_only_known(customer: Shape, known: Shape | None) -> None:
    """Require no attribute that is drafted: that a message needs it gives it to nobody."""
    for name, attribute in customer.fields.items():
        if known is None or name not in known.fields:
            attribute.required = False


def _shape(file: DeclaredFile | None) -> Shape | None:
    return None if file is None else file.shape


def _write(
    found: WorkspaceContracts,
    path: Path,
    shape: Shape,
    known: DeclaredFile | None,
    definition: str,
    event: str = "",
) -> Iterator[Path]:
    fields = _own_fields(shape, known)
    if not fields or (known is not None and fields == _own_fields(known.shape, known)):
        return
    document: dict[str, Json] = {}
    if event and event != path.stem:
        document["name"] = event
    if shape.description and not (known is not None and known.is_included):
        document["description"] = shape.description
    document["fields"] = {name: declaration_of(each) for name, each in fields.items()}
    schema = found.root / SCHEMA_PATH
    comment = schema_comment(path, schema if schema.exists() else None, f"{definition}_data")
    with report_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, comment + dump_yaml(document))
    yield path


def _own_fields(shape: Shape, known: DeclaredFile | None) -> dict[str, Shape]:
    """Return the fields of a shape that no included folder declares."""
    included = frozenset() if known is None else known.included
    return {name: each for name, each in shape.fields.items() if name not in included}


def data_types(contracts: Iterable[Contract], language: str) -> str:
    """Return the types of the data that programs send, in TypeScript (`ts`) or Python."""
    shapes = list(_named_shapes(contracts))
    return type_code.typescript(shapes) if language == "ts" else type_code.python(shapes)


def _named_shapes(contracts: Iterable[Contract]) -> Iterator[tuple[str, Shape]]:
    """Yield the data of each event, and of each message that a program sends."""
    by_event: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        source = contract.trigger
        if source is not None and source.root == "event":
            by_event[source.name].append(contract)
        elif source is not None:
            yield str(contract.address), shape_of_needs(contract.needs, source.root)
    for event, users in sorted(by_event.items()):
        needs = (need for contract in users for need in contract.needs)
        yield f"event.{event}", shape_of_needs(needs, "event")
