"""After a write: look what is there, believe only that, and remember it."""

from __future__ import annotations

from dataclasses import dataclass

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, InDoubt, Untrusted
from cioform.core.json_value import Attributes
from cioform.model.kind import Bound, Found, Kind, Live
from cioform.plan import diff
from cioform.plan.change import Action, Change
from cioform.remote.provider import Provider
from cioform.run.events import Result, Status
from cioform.run.read import Reader
from cioform.run.run_state import Memory
from cioform.state.journal import Journal


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One change whose requests were sent, to be looked at and settled."""

    kind: Kind
    reader: Reader
    change: Change
    provider: Provider
    journal: Journal
    memory: Memory

    def confirm(self, bound: Bound | None) -> Result:
        """Settle a change that was answered with success: read it back and compare."""
        if bound is None:
            return self._done(None)
        self.journal.bound(self.change.address, bound.remote_id, bound.parts)
        self.memory.name(self.change.address, bound)
        try:
            back = self._look(bound.remote_id)
        except CioformError as error:
            # It was answered with success; that it could not be read back is worth a word only.
            return self._done(bound, error.diagnostics)
        wrong = self._difference(back)
        if wrong is None and back is not None:
            return self._done(_bound_to(back))
        self.memory.bind(self.change, bound, None)
        self.journal.fail_change(self.change.address, "reads back differently", in_doubt=False)
        return self._result(Status.FAILED, (wrong,) if wrong else ())

    def settle(self, error: CioformError) -> Result:
        """Settle a change that was refused, or may or may not have been made."""
        try:
            there = self._look_after()
            replaced_away = there is None and self._is_replaced_away()
        except Untrusted:
            raise
        except CioformError:
            # Whatever was done is not known now, so the journal keeps it open to be looked up.
            self.journal.fail_change(self.change.address, str(error), in_doubt=True)
            status = Status.IN_DOUBT if isinstance(error, InDoubt) else Status.FAILED
            return self._result(status, error.diagnostics)
        if _is_there(self.kind, self._wanted, there):
            return self._done(_bound_to(there) if there else None, _done_after_all(error))
        if there is None and replaced_away:
            self.memory.forget(self.change)
        elif there is not None and self._is_half_made(there):
            self.memory.bind(self.change, _bound_to(there), None)
        self.journal.fail_change(self.change.address, str(error), in_doubt=False)
        return self._result(Status.FAILED, error.diagnostics)

    @property
    def _wanted(self) -> Attributes | None:
        return None if self.change.action is Action.DELETE else self.change.wanted

    def _is_half_made(self, there: Live) -> bool:
        """Tell whether the object is neither what it was nor what it should be. What it was it
        stays for the state too, so that the next plan still knows who moved what."""
        return (
            self.change.action is not Action.DELETE
            and diff.fingerprint(self.kind, there.attributes) != self.change.fingerprint
        )

    def _is_replaced_away(self) -> bool:
        """Tell whether it was us who deleted the object, so that nobody else is blamed for it."""
        change = self.change
        return (
            change.action is Action.REPLACE
            and change.remote_id is not None
            and self._look(change.remote_id) is None
        )

    def _look_after(self) -> Live | None:
        change = self.change
        if change.remote_id is not None and change.action is not Action.REPLACE:
            return self._look(change.remote_id)
        # Nothing else had the name: a run refuses to make what has a twin.
        new = [f for f in self.reader.list(self.provider) if f.identity == change.identity]
        return self._decoded(self.reader.read(new[0], self.provider)) if len(new) == 1 else None

    def _look(self, remote_id: str) -> Live | None:
        found = self.reader.look(remote_id, self.change.identity, self.provider)
        return self._decoded(found) if found else None

    def _decoded(self, found: Found) -> Live:
        return Live(self.kind.name, found, self.kind.decode(found, self.memory.names))

    def _done(self, bound: Bound | None, said: tuple[Diagnostic, ...] = ()) -> Result:
        """Remember first and close the journal then: a cut between the two is looked up."""
        if bound is None:
            self.memory.forget(self.change)
        else:
            self.memory.bind(self.change, bound, self.change.wanted)
        self.journal.end_change(self.change.address, bound.remote_id if bound else None)
        return self._result(Status.DONE, said)

    def _difference(self, back: Live | None) -> Diagnostic | None:
        """Give in what way the object is not what was written, None when it is."""
        if back is None:
            detail = "The write was answered with success, and the object cannot be found."
        else:
            fields = diff.compare(self.kind, None, self.change.wanted or {}, back.attributes)
            if not fields:
                return None
            names = ", ".join(".".join(map(str, item.path)) for item in fields)
            detail = f"The write was answered with success, but these fields differ: {names}."
        return Diagnostic(
            "Reads back differently",
            f"{detail} What was there before and what was sent is in {self.journal.path}. Look at "
            "the object in Customer.io, then make the plan again to see what is left.",
            self.change.address,
        )

    def _result(self, status: Status, said: tuple[Diagnostic, ...]) -> Result:
        return Result(self.change.address, self.change.action, status, said)


def _bound_to(there: Live) -> Bound:
    return Bound(there.remote_id, there.decoded.parts)


def _is_there(kind: Kind, wanted: Attributes | None, there: Live | None) -> bool:
    if wanted is None or there is None:
        return wanted is None and there is None
    return not diff.compare(kind, None, wanted, there.attributes)


def _done_after_all(error: CioformError) -> tuple[Diagnostic, ...]:
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
