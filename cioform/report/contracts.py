"""Contracts as people and programs read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cioform.contract.compare import ContractChange
from cioform.contract.json_schema import to_json_schema
from cioform.contract.needs import Contract, Need, NeedPlace, Status
from cioform.contract.shape import shape_of_needs
from cioform.core.data.json_value import Json
from cioform.core.data.paths import format_path
from cioform.core.diagnostic import Location
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable
from cioform.run.reading.reach.attribute_coverage import Coverage

Locate = Callable[[NeedPlace], Location | None]
Coverages = Mapping[str, Coverage | None]
"""How often attributes are blank, by attribute; None where that was not read."""

_TONES = {Status.REQUIRED: Tone.BOLD, Status.CONDITIONAL: Tone.BOLD}
_ROOTS = ("event", "trigger", "customer", "journey", "objects")


def render_contracts(
    contracts: Iterable[Contract],
    locate: Locate,
    style: Styler = PLAIN,
    coverages: Coverages | None = None,
) -> str:
    """Return what each resource needs, a line for each path.

    With `coverages`, attributes without a default have how often they are blank.
    """
    blocks = [_block(contract, locate, style, coverages or {}) for contract in contracts]
    return "\n".join(blocks) if blocks else "No file describes a message.\n"


def _block(contract: Contract, locate: Locate, style: Styler, coverages: Coverages) -> str:
    head = style(str(contract.address), Tone.BOLD)
    source = contract.trigger
    if source is not None and source.name:
        head += f"  {source.root} `{escape_unprintable(source.name)}`"
    if not contract.needs:
        return f"{head}\n  needs no data\n"
    rows = [_row(need, locate, coverages) for need in contract.needs]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = (
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True))
        for row in rows
    )
    return "\n".join((head, *(line.rstrip() for line in lines))) + "\n"


def _row(need: Need, locate: Locate, coverages: Coverages) -> tuple[str, str, str, str]:
    types = " or ".join(need.types) if need.type is None else str(need.type)
    place = locate(need.first_place)
    note = f"set by step `{need.provided_by}`, " if need.provided_by else ""
    attribute = need.attribute or ""
    if attribute in coverages and need.status is not Status.GUARDED:
        coverage = coverages[attribute]
        blank = coverage.text if coverage else "how often it is blank could not be read"
        note += f"{blank}, "
    return escape_unprintable(need.shown), need.status.word, types or "any", f"{note}{place or ''}"


def contracts_data(
    contracts: Iterable[Contract], locate: Locate, coverages: Coverages | None = None
) -> list[Json]:
    """Return contracts as JSON data."""
    return [_contract_data(contract, locate, coverages) for contract in contracts]


def _contract_data(
    contract: Contract, locate: Locate, coverages: Coverages | None
) -> dict[str, Json]:
    source = contract.trigger
    return {
        "address": str(contract.address),
        "trigger": None if source is None else {"variable": source.root, "name": source.name},
        "needs": [_need_data(need, locate, coverages) for need in contract.needs],
        "messages": [
            {
                "path": format_path(message.path),
                "channel": message.channel,
                "language": message.language,
                "needs": {need.shown: need.status.word for need in message.needs},
            }
            for message in contract.messages
        ],
    }


def _need_data(need: Need, locate: Locate, coverages: Coverages | None) -> dict[str, Json]:
    read: dict[str, Json] = {}
    if coverages is not None and need.attribute is not None:
        coverage = coverages.get(need.attribute)
        people = {"blank": coverage.blank, "all": coverage.people} if coverage else None
        read = {"people": people}
    return {
        **read,
        "path": need.shown,
        "status": need.status.word,
        "type": None if need.type is None else str(need.type),
        "evidence": {str(kind): reason for kind, reason in need.types.items()},
        "set_by_step": need.provided_by or None,
        "uses": [
            {
                "address": str(each.address),
                "field": format_path(each.text.path),
                "status": each.status.word,
                "location": str(locate(each) or ""),
            }
            for each in need.places
        ],
    }


def contract_schemas(contracts: Iterable[Contract]) -> dict[str, Json]:
    """Return a JSON Schema with a definition for the data of each resource, by its address."""
    definitions: dict[str, Json] = {
        str(contract.address): {
            "type": "object",
            "properties": {
                root: to_json_schema(shape_of_needs(contract.needs, root))
                for root in _ROOTS
                if contract.needs_of(root)
            },
        }
        for contract in contracts
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}


def render_changes(
    changes: Iterable[ContractChange], revision: str, locate: Locate, style: Styler = PLAIN
) -> str:
    """Return what changed since a revision, breaking changes first."""
    ordered = sorted(changes, key=lambda change: not change.is_breaking)
    if not ordered:
        return f"No contract changed since {revision}.\n"
    return "".join(f"{line}\n" for line in _change_lines(ordered, locate, style))


def _change_lines(
    changes: Iterable[ContractChange], locate: Locate, style: Styler
) -> Iterator[str]:
    for change in changes:
        mark = style("breaking", Tone.ERROR) if change.is_breaking else "accepted"
        place = locate(change.need.first_place) if change.need else None
        yield f"{mark}  {change.address}: {change.text}" + (f" ({place})" if place else "")


def changes_data(changes: Iterable[ContractChange], locate: Locate) -> list[Json]:
    """Return changes as JSON data."""
    return [
        {
            "address": str(change.address),
            "breaking": change.is_breaking,
            "text": change.text,
            "path": None if change.need is None else change.need.shown,
            "location": str(locate(change.need.first_place) or "") if change.need else None,
        }
        for change in changes
    ]
