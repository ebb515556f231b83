"""After a write: look what is there, believe only that, and remember it."""

from __future__ import annotations

from dataclasses import dataclass

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, OutcomeUnknownError, StateError
from cioform.core.json_value import Attributes
from cioform.core.paths import format_path
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.operations import WriteResult
from cioform.plan import diff
from cioform.plan.change import Action, Change
from cioform.remote.provider import Provider
from cioform.run.events import ChangeResult, ChangeStatus
from cioform.run.read import KindReader
from cioform.run.run_state import RunState
from cioform.state.journal import Journal


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One change whose requests were sent, to be looked at and settled."""

    kind: Kind
    reader: KindReader
    change: Change
    provider: Provider
    journal: Journal
    run_state: RunState

    def confirm(self, bound: WriteResult | None) -> ChangeResult:
        """Settle a change that was answered with success: read it back and compare."""
        if bound is None:
            return self._succeed(None)
        self.journal.record_binding(self.change.address, bound.remote_id, bound.parts)
        self.run_state.name(self.change.address, bound)
        try:
            back = self._read_by_id(bound.remote_id)
        except CioformError as error:
            # It was answered with success; that it could not be read back is worth a word only.
            return self._succeed(bound, error.diagnostics)
        wrong = self._find_difference(back)
        if wrong is None and back is not None:
            return self._succeed(_write_result(back))
        self.run_state.bind(self.change, bound, None)
        self.journal.fail_change(
            self.change.address, "reads back differently", outcome_unknown=False
        )
        return self._result(ChangeStatus.FAILED, (wrong,) if wrong else ())

    def confirm_after_error(self, error: CioformError) -> ChangeResult:
        """Settle a change that was refused, or may or may not have been made."""
        try:
            there = self._read_after_write()
            replaced_away = there is None and self._is_deleted_by_replace()
        except StateError:
            raise
        except CioformError:
            # Whatever was done is not known now, so the journal keeps it open to be looked up.
            self.journal.fail_change(self.change.address, str(error), outcome_unknown=True)
            status = (
                ChangeStatus.OUTCOME_UNKNOWN
                if isinstance(error, OutcomeUnknownError)
                else ChangeStatus.FAILED
            )
            return self._result(status, error.diagnostics)
        if _matches_wanted(self.kind, self._wanted, there):
            return self._succeed(
                _write_result(there) if there else None, _succeeded_despite_error(error)
            )
        if there is None and replaced_away:
            self.run_state.forget(self.change)
        elif there is not None and self._is_partially_written(there):
            self.run_state.bind(self.change, _write_result(there), None)
        self.journal.fail_change(self.change.address, str(error), outcome_unknown=False)
        return self._result(ChangeStatus.FAILED, error.diagnostics)

    @property
    def _wanted(self) -> Attributes | None:
        return None if self.change.action is Action.DELETE else self.change.wanted

    def _is_partially_written(self, live: LiveObject) -> bool:
        """Tell whether the object is neither what it was nor what it should be. What it was it
        stays for the state too, so that the next plan still knows who moved what."""
        return (
            self.change.action is not Action.DELETE
            and diff.fingerprint(self.kind, live.attributes) != self.change.fingerprint
        )

    def _is_deleted_by_replace(self) -> bool:
        """Tell whether it was us who deleted the object, so that nobody else is blamed for it."""
        change = self.change
        return (
            change.action is Action.REPLACE
            and change.remote_id is not None
            and self._read_by_id(change.remote_id) is None
        )

    def _read_after_write(self) -> LiveObject | None:
        change = self.change
        if change.remote_id is not None and change.action is not Action.REPLACE:
            return self._read_by_id(change.remote_id)
        # Nothing else had the name: a run refuses to make what has a twin.
        new = [f for f in self.reader.list(self.provider) if f.identity == change.identity]
        return self._to_live(self.reader.read(new[0], self.provider)) if len(new) == 1 else None

    def _read_by_id(self, remote_id: str) -> LiveObject | None:
        found = self.reader.read_by_id(remote_id, self.change.identity, self.provider)
        return self._to_live(found) if found else None

    def _to_live(self, found: RemoteObject) -> LiveObject:
        return LiveObject(self.kind.name, found, self.kind.decode(found, self.run_state.names))

    def _succeed(
        self, bound: WriteResult | None, diagnostics: tuple[Diagnostic, ...] = ()
    ) -> ChangeResult:
        """Remember first and close the journal then: a cut between the two is looked up."""
        if bound is None:
            self.run_state.forget(self.change)
        else:
            self.run_state.bind(self.change, bound, self.change.wanted)
        self.journal.end_change(self.change.address, bound.remote_id if bound else None)
        return self._result(ChangeStatus.DONE, diagnostics)

    def _find_difference(self, live: LiveObject | None) -> Diagnostic | None:
        """Give in what way the object is not what was written, None when it is."""
        if live is None:
            detail = "The write was answered with success, and the object cannot be found."
        else:
            fields = diff.compare(self.kind, None, self.change.wanted or {}, live.attributes)
            if not fields:
                return None
            names = ", ".join(format_path(item.path) for item in fields)
            detail = f"The write was answered with success, but these fields differ: {names}."
        return Diagnostic(
            "Reads back differently",
            f"{detail} What was there before and what was sent is in {self.journal.location}. Look at "
            "the object in Customer.io, then make the plan again to see what is left.",
            self.change.address,
        )

    def _result(self, status: ChangeStatus, diagnostics: tuple[Diagnostic, ...]) -> ChangeResult:
        return ChangeResult(self.change.address, self.change.action, status, diagnostics)


def _write_result(live: LiveObject) -> WriteResult:
    return WriteResult(live.remote_id, live.decoded.parts)


def _matches_wanted(kind: Kind, wanted: Attributes | None, live: LiveObject | None) -> bool:
    if wanted is None or live is None:
        return wanted is None and live is None
    return not diff.compare(kind, None, wanted, live.attributes)


def _succeeded_despite_error(error: CioformError) -> tuple[Diagnostic, ...]:
    said = error.diagnostics[0]
    return (
        Diagnostic(
            "Done in spite of an error",
            f"Customer.io answered with an error ({said.summary}: {said.detail}), and reading the "
            "object shows that the change was made.",
            said.address,
            severity=Severity.WARNING,
        ),
    )
