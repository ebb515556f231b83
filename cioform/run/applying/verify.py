"""After a write, read the object back and record what it really is."""

from __future__ import annotations

from collections.abc import Collection

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import format_path
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, OutcomeUnknownError, RemoteError, StateError
from cioform.core.exit_codes import INCOMPLETE
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.reference_texts import with_names
from cioform.model.resource import Resource
from cioform.model.routing.operations import WriteResult
from cioform.plan.change import Action, Change
from cioform.plan.compare import diff
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, Record
from cioform.plan.compare.unmanaged_fields.unmanaged_record import record_after_write
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.file_changes import file_changes
from cioform.remote.provider import Provider
from cioform.run.applying.run_state import RunState
from cioform.run.events import ChangeResult, ChangeStatus
from cioform.run.reading.kind_reader import KindReader
from cioform.state.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Verification:
    """One change whose requests were sent, to be verified and recorded."""

    kind: Kind
    reader: KindReader
    change: Change
    provider: Provider
    journal: Journal
    run_state: RunState
    before: LiveObject | None = None
    """The object before the change; None if it was created."""
    resource: Resource | None = None
    """The file; None if it is not known, and of what the plan deletes."""
    known: Collection[str] = ()
    """The IDs of the objects that existed before a creation, which has made none of them."""

    def after_success(self, result: WriteResult | None) -> ChangeResult:
        """Read back and compare what was written; `result` is None after a delete."""
        if result is None:
            return self._after_deletion()
        self.journal.record_binding(self.change.address, result.remote_id, result.parts)
        self.run_state.add_names(self.change, result)
        try:
            live = self._read_by_id(result.remote_id)
        except CioformError as error:
            # The write succeeded, so a failed read is only worth a warning.
            return self._succeed(result, error.diagnostics)
        problem = self._find_difference(live)
        if problem is None and live is not None:
            done = self._succeed(_write_result(live), live=live)
            return self._with_former(done, live)
        applied = self._applied_in_part(live) if live is not None else None
        self.run_state.bind(self.change, result, applied, self._record_of(live))
        self.journal.fail_change(
            self.change.address, "reads back differently", outcome_unknown=False
        )
        return replace(
            self._result(ChangeStatus.FAILED, (problem,) if problem else ()), half_made=True
        )

    def _with_former(self, done: ChangeResult, live: LiveObject) -> ChangeResult:
        """Return the result, which is half-made if the former object still exists."""
        former_id = self.change.remote_id
        is_deleted = self.change.action is Action.REPLACE and not self.change.in_two_steps
        if not is_deleted or former_id is None or former_id == live.remote_id:
            return done
        try:
            former = self._read_by_id(former_id)
        except CioformError as error:
            return replace(done, diagnostics=(*done.diagnostics, *error.diagnostics))
        if former is None:
            return done
        problem = Diagnostic(
            "Not deleted",
            f"Customer.io accepted the deletion of the former object (ID {former_id}), but it "
            "still exists, and cioform no longer manages it. Delete it in Customer.io.",
            self.change.address,
        )
        return replace(done, status=ChangeStatus.FAILED, diagnostics=(problem,), half_made=True)

    def _after_deletion(self) -> ChangeResult:
        """Read the object again: as long as it exists, it stays managed."""
        change = self.change
        try:
            live = self._read_by_id(change.remote_id) if change.remote_id is not None else None
        except CioformError as error:
            return self._succeed(None, error.diagnostics)
        if live is None:
            return self._succeed(None)
        self.journal.fail_change(change.address, "still exists", outcome_unknown=False)
        problem = Diagnostic(
            "Not deleted",
            "Customer.io accepted the deletion, but the object still exists, so it is still in the "
            "state. Look at it in Customer.io, then make a new plan.",
            change.address,
        )
        return self._result(ChangeStatus.FAILED, (problem,))

    def after_error(self, error: CioformError) -> ChangeResult:
        """Find out whether a change was made although a write failed or got no response."""
        try:
            live = self._read_after_write()
            was_deleted = live is None and self._is_deleted_by_replace()
        except StateError:
            raise
        except CioformError:
            # The journal keeps the change open, so that the next command looks it up.
            self.journal.fail_change(self.change.address, str(error), outcome_unknown=True)
            status = (
                ChangeStatus.OUTCOME_UNKNOWN
                if isinstance(error, OutcomeUnknownError)
                else ChangeStatus.FAILED
            )
            # The requests before the one that failed may have changed the object.
            return replace(self._result(status, error.diagnostics), exit_code=INCOMPLETE)
        if _matches_wanted(self.kind, self._wanted, live):
            return self._succeed(
                _write_result(live) if live else None,
                (_succeeded_despite(error),),
                live,
            )
        partly_written = live if live and self._is_partly_written(live) else None
        if was_deleted:
            self.run_state.forget(self.change)
        elif partly_written is not None:
            result_ids = _write_result(partly_written)
            record = self._record_of(partly_written)
            applied = self._applied_in_part(partly_written)
            self.run_state.bind(self.change, result_ids, applied, record)
        self.journal.fail_change(self.change.address, str(error), outcome_unknown=False)
        result = self._result(ChangeStatus.FAILED, error.diagnostics)
        is_half_made = was_deleted or partly_written is not None
        # The outcome is known by now: nothing was done.
        is_known = isinstance(error, OutcomeUnknownError)
        code = RemoteError.exit_code if is_known else error.exit_code
        return replace(result, half_made=is_half_made, exit_code=code)

    @property
    def _wanted(self) -> Attributes | None:
        """What the object should have now; None if it should be gone.

        It is read back with the canonical names of the objects that it refers to. A file may use
        another name, and the plan could not know the canonical name of an object that the same run
        created.
        """
        wanted = self.change.wanted
        if wanted is None or self.change.action is Action.DELETE:
            return None
        return with_names(wanted, self.kind.references(wanted), self.run_state.names)

    def _is_partly_written(self, live: LiveObject) -> bool:
        """Return whether a write changed the object.

        An unchanged object keeps its binding, so that the next plan can still tell drift from the
        change that failed.
        """
        return (
            self.change.action is not Action.DELETE
            and diff.fingerprint(self.kind, live.attributes) != self.change.fingerprint
        )

    def _applied_in_part(self, live: LiveObject) -> Attributes:
        """Return what a failed change has written, so that later differences count as edits."""
        return diff.managed_fields(self.kind, live.attributes, self._wanted or {})

    def _is_deleted_by_replace(self) -> bool:
        """Return whether this run deleted the object, so that it does not count as drift."""
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
        listed = self.reader.list(self.provider)
        others = [found for found in listed if found.remote_id not in self.known]
        created = [found for found in others if found.identity == change.identity]
        if len(created) != 1:
            return None
        return self._to_live(self.reader.read(created[0], self.provider))

    def _read_by_id(self, remote_id: str) -> LiveObject | None:
        found = self.reader.read_by_id(remote_id, self.change.identity, self.provider)
        return self._to_live(found) if found else None

    def _to_live(self, found: RemoteObject) -> LiveObject:
        return decode_live(self.kind, found, self.run_state.names)

    def _succeed(
        self,
        result: WriteResult | None,
        diagnostics: tuple[Diagnostic, ...] = (),
        live: LiveObject | None = None,
    ) -> ChangeResult:
        """Save the state, then close the change in the journal.

        In this order, an interruption between the two leaves a change that is looked up.
        """
        if result is None:
            self.run_state.forget(self.change)
        else:
            state = live.decoded.reach.lifecycle if live else ""
            record = self._record_of(live)
            self.run_state.bind(self.change, result, self._wanted, record, state)
        self.journal.end_change(self.change.address, result.remote_id if result else None)
        return self._result(ChangeStatus.DONE, diagnostics)

    def _record_of(self, live: LiveObject | None) -> Record | None:
        """Return the record of the unmanaged fields of what was written and read back."""
        planned, names = self.change.unmanaged_record, self.run_state.names
        if live is None:
            # The plan was made of the former object, and nobody has looked at the new one.
            return None if self.change.action is Action.REPLACE else planned
        before = LiveFields.of(self.kind, self.before, names) if self.before else None
        after = LiveFields.of(self.kind, live, names)
        return record_after_write(planned, before, after, self._wanted or {})

    def _find_difference(self, live: LiveObject | None) -> Diagnostic | None:
        """Return how the object differs from what was written, or None."""
        if live is None:
            detail = "Customer.io accepted the write, but the object does not exist."
        else:
            wanted = self._wanted or {}
            found = diff.compare(self.kind, None, wanted, live.attributes)
            if not found:
                return None
            managed = diff.managed_fields(self.kind, live.attributes, wanted)
            fields = file_changes(self.kind, found, managed, wanted)
            fields = with_written_paths(fields, self.kind, self.resource)
            names = ", ".join(format_path(item.path) for item in fields)
            detail = f"Customer.io accepted the write, but these fields have other values: {names}."
        return Diagnostic(
            "Written values differ",
            f"{detail} The previous object and what was sent are in {self.journal.location}. Look "
            "at the object in Customer.io, then make a new plan to see what is left to do.",
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


def _succeeded_despite(error: CioformError) -> Diagnostic:
    cause = error.diagnostics[0]
    return Diagnostic(
        "Done despite an error",
        f"Customer.io returned an error ({cause.summary}: {cause.detail}), but reading the "
        "object shows that the change was made.",
        cause.address,
        severity=Severity.WARNING,
    )
