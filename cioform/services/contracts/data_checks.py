"""Check data before it is sent: against what messages need, and against what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from cioform.config.read.parsing.positions import nearest_location
from cioform.config.read.text_locations import TextLocator
from cioform.contract.check import DataProblem, declaration_mismatches, unmet_needs
from cioform.contract.data_row import Data, DataRow
from cioform.contract.declared import DeclaredData, DeclaredFile
from cioform.contract.infer import ContractFinder
from cioform.contract.needs import Contract, Need
from cioform.core.address import Address
from cioform.core.data.json_value import as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.model.contents import DataSource
from cioform.model.objects.snapshot import Binding
from cioform.operate.bulk_import.records import BatchItem
from cioform.services.context import OpenWorkspace
from cioform.services.project.declared_data import declared_data

_Description: TypeAlias = tuple[str, str, Location | None]
"""What does not fit, a hint, and the place in the files that says so."""


@dataclass(slots=True)
class _Failures:
    """The rows with one problem."""

    problem: DataProblem
    contract: Contract | None
    """The message that would fail; None for data that is not as declared."""
    count: int = 0
    first_line: int | None = None


@dataclass(slots=True)
class _ProblemCounts:
    """The problems of many rows, each counted."""

    is_batch: bool = False
    """Whether rows before these were sent."""
    rows: int = 0
    found: dict[tuple[Address | str, str], _Failures] = field(default_factory=dict)

    def add(self, row: DataRow, problems: Iterable[tuple[Contract | None, DataProblem]]) -> None:
        """Count a row with its problems."""
        self.rows += 1
        for contract, problem in problems:
            subject = contract.address if contract else row.name
            key = subject, problem.sentence
            failures = self.found.setdefault(key, _Failures(problem, contract, 0, row.line))
            failures.count += 1


class DataChecks:
    """Checks the data of one workspace. Everything raises ConfigError with all problems."""

    def __init__(self, opened: OpenWorkspace) -> None:
        self._opened = opened
        self._by_event: dict[str, list[Contract]] = {}

    def check_events(self, rows: Iterable[DataRow]) -> None:
        """Check the data of events against the messages that they start."""
        counts = _ProblemCounts()
        for row in rows:
            counts.add(row, self._event_problems(row))
        self._refuse(counts)

    def check_person(self, attributes: Data) -> None:
        """Check the attributes that a person gets."""
        counts = _ProblemCounts()
        row = DataRow(attributes)
        counts.add(row, self._person_problems(row))
        self._refuse(counts)

    def check_items(self, items: Iterable[tuple[int, BatchItem]], *, is_batch: bool) -> None:
        """Check the events and the people of an import, or of one batch of it.

        Nothing is read of `items` if neither a message nor a declaration says what they must have.
        """
        if not self._has_needs:
            return
        counts = _ProblemCounts(is_batch)
        for line, item in items:
            data = as_mapping(item.get("attributes"))
            if item.get("action") == "event":
                row = DataRow(data, line, str(item.get("name", "")))
                counts.add(row, self._event_problems(row))
            elif item.get("action") == "identify":
                row = DataRow(data, line)
                counts.add(row, self._person_problems(row))
        self._refuse(counts)

    def check_send(self, message: str, data: Data, language: str | None) -> None:
        """Check the data of a send. A message that no file describes is not checked."""
        contract = self._sent_message(message)
        if contract is None:
            return
        needs = [
            need
            for each in contract.messages
            if language is None or each.language in ("", language)
            for need in each.needs
        ]
        counts = _ProblemCounts()
        counts.add(DataRow(data), _unmet(contract, data, needs))
        self._refuse(counts)

    def check_broadcast(self, number: int, name: str, rows: Iterable[DataRow]) -> None:
        """Check the data of a broadcast, for each person if there is data for each."""
        counts = _ProblemCounts()
        contracts = [
            each
            for each in self._finder.started_by(DataSource.BROADCAST)
            if self._remote_id(each.address) == str(number) or each.trigger_name == name
        ]
        for row in rows:
            found = [p for each in contracts for p in _unmet(each, row.data, each.needs)]
            counts.add(row, found)
        self._refuse(counts)

    @cached_property
    def _finder(self) -> ContractFinder:
        return ContractFinder(self._opened.configuration.desired.resources, self._opened.kinds)

    @cached_property
    def _declared(self) -> DeclaredData:
        return declared_data(self._opened.root, self._opened.configuration)

    @cached_property
    def _locator(self) -> TextLocator:
        return TextLocator(self._opened.root)

    @cached_property
    def _has_needs(self) -> bool:
        """Whether events or people have to be as something in the files says."""
        return bool(self._declared) or any(
            contract.trigger is not None and contract.needs_of(contract.trigger.root)
            for contract in self._finder.started_by(DataSource.EVENT)
        )

    def _event_problems(self, row: DataRow) -> Iterator[tuple[Contract | None, DataProblem]]:
        if row.name not in self._by_event:
            self._by_event[row.name] = list(self._finder.started_by(DataSource.EVENT, row.name))
        missing = set()
        for contract in self._by_event[row.name]:
            for problem in _unmet(contract, row.data, contract.needs):
                missing.add(problem[1].path)
                yield problem
        declared = self._declared.events.get(row.name)
        if declared is not None:
            for mismatch in declaration_mismatches(row.data, declared.shape, ("event",)):
                if mismatch.path not in missing:
                    yield None, mismatch

    def _person_problems(self, row: DataRow) -> Iterator[tuple[None, DataProblem]]:
        """Yield the attributes of other types than declared. An empty one removes the attribute."""
        if self._declared.customer is not None:
            given = {name: value for name, value in row.data.items() if value != ""}
            shape = self._declared.customer.shape
            for problem in declaration_mismatches(given, shape, ("customer",), is_complete=False):
                yield None, problem

    def _sent_message(self, message: str) -> Contract | None:
        for contract in self._finder.started_by(DataSource.SEND):
            number = self._remote_id(contract.address)
            if message in (str(contract.address), contract.trigger_name) or message == number:
                return contract
        return None

    @cached_property
    def _bindings(self) -> Mapping[Address, Binding]:
        return self._opened.load_state().bindings

    def _remote_id(self, address: Address) -> str | None:
        binding = self._bindings.get(address)
        return None if binding is None else binding.remote_id

    def _refuse(self, counts: _ProblemCounts) -> None:
        if counts.found:
            raise ConfigError(
                self._diagnostic(str(subject), failures, counts)
                for (subject, _), failures in counts.found.items()
            )

    def _diagnostic(self, subject: str, failures: _Failures, counts: _ProblemCounts) -> Diagnostic:
        rows = f"{failures.count:,} of {counts.rows:,} rows" if failures.first_line else ""
        describe = self._declaration_text if failures.contract is None else self._message_text
        text, hint, place = describe(subject, failures, rows)
        first = f" The first is in line {failures.first_line:,}." if failures.first_line else ""
        sent = "This batch was not sent" if counts.is_batch else "Nothing was sent"
        detail = (
            f"{text}: {failures.problem.sentence}.{first} {sent}. {hint}. `--no-contract` skips "
            "this check."
        )
        address = failures.contract.address if failures.contract else None
        return Diagnostic("Data does not fit", detail, address, place)

    def _declaration_text(self, event: str, failures: _Failures, rows: str) -> _Description:
        """Describe data that differs from the declaration of an event, or of people without one."""
        what = rows or ("The event" if event else "The attributes")
        of = f"`{event}`" if event else "the attributes of people"
        file = self._declared.of("event" if event else "customer", event)
        return (
            f"{what} {_do_not_match(what, failures.count)} the declaration of {of}",
            "Correct the data or the declaration",
            _declared_place(file, failures.problem) if file else None,
        )

    def _message_text(self, message: str, failures: _Failures, rows: str) -> _Description:
        """Describe data that a message cannot be sent with."""
        verb, hint = "would fail", "Add it to the data, or give the message a default"
        if failures.problem.text != "is missing":
            verb, hint = _do_not_match(rows, failures.count), "Correct the data"
        text = f"{rows or 'The data'} {verb} {message}"
        return text, hint, self._need_place(failures.problem.need)

    def _need_place(self, need: Need | None) -> Location | None:
        if need is None:
            return None
        place = need.first_place
        resource = self._opened.configuration.desired.resources[place.address]
        return self._locator.locate_text(resource, place.text, place.offset)


def _do_not_match(subject: str, count: int) -> str:
    is_plural = count != 1 or subject == "The attributes"
    return "do not fit" if is_plural else "does not fit"


def _unmet(
    contract: Contract, data: Data, needs: Iterable[Need]
) -> Iterator[tuple[Contract | None, DataProblem]]:
    if contract.trigger is None:
        return
    wanted = {need.path: need for need in needs if need.path[0] == contract.trigger.root}
    for problem in unmet_needs(data, wanted.values()):
        yield contract, problem


def _declared_place(file: DeclaredFile, problem: DataProblem) -> Location:
    path: list[str | int] = []
    for step in problem.path[1:]:
        path += ["items"] if step == "[]" else ["fields", str(step)]
    return nearest_location(file.positions, tuple(path)) or file.location
