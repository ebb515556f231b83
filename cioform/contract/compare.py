"""Find the changes of a contract that break the programs that send its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.contract.needs import Contract, Need, Status
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.language.liquid.parsed import Segments


@dataclass(frozen=True, slots=True)
class ContractChange:
    """A difference between two revisions of a contract."""

    address: Address
    text: str
    """A full sentence."""
    is_breaking: bool
    need: Need | None = None
    """The need of the newer revision, for its place."""


def compare_contracts(
    old: Mapping[Address, Contract], new: Mapping[Address, Contract]
) -> Iterator[ContractChange]:
    """Yield the changes of the data that programs send: breaking ones, and those that are not."""
    for address in sorted({*old, *new}):
        before, after = old.get(address), new.get(address)
        if before is None or after is None:
            if before is not None and before.trigger is not None:
                text = f"{_subject(before)} is gone."
                yield ContractChange(address, text, before.trigger.root == "trigger")
            continue
        yield from _trigger_changes(before, after)
        yield from _need_changes(before, after)


def _subject(contract: Contract) -> str:
    name = f" `{contract.trigger.name}`" if contract.trigger and contract.trigger.name else ""
    return f"The message triggered by{name}" if name else "The message"


def _trigger_changes(before: Contract, after: Contract) -> Iterator[ContractChange]:
    old, new = before.trigger, after.trigger
    if old == new or old is None:
        return
    if new is None:
        text = f"It no longer starts with `{old.name or old.root}`."
    else:
        what = "event" if new.root == "event" else "trigger name"
        text = f"Its {what} is now `{new.name}`, not `{old.name}`."
    yield ContractChange(after.address, text, is_breaking=True)


def _need_changes(before: Contract, after: Contract) -> Iterator[ContractChange]:
    known = {need.path: need for need in before.needs}
    for need in after.needs:
        if need.path[0] not in ("event", "trigger", "customer"):
            continue
        old = known.get(need.path)
        if need.status is Status.REQUIRED and _status(old) is not Status.REQUIRED:
            was = "" if old is None else f", which was {old.status.word}"
            yield ContractChange(after.address, f"It now needs `{need.shown}`{was}.", True, need)
        elif old is not None and old.type and need.type and old.type is not need.type:
            text = f"`{need.shown}` must be of type {need.type}, not {old.type}."
            yield ContractChange(after.address, text, True, need)
    now: set[Segments] = {need.path for need in after.needs}
    for path, old in known.items():
        if path not in now and path[0] in ("event", "trigger"):
            yield ContractChange(after.address, f"It no longer uses `{old.shown}`.", False)


def _status(need: Need | None) -> Status | None:
    return None if need is None else need.status
