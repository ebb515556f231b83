"""One field of a live object of the sandbox, and how a person writes or clears it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import ValidationError

from cioform.config.read.checks.validation import describe_at
from cioform.core.address import NONE, Address
from cioform.core.data.json_value import Attributes, Json, as_mapping
from cioform.core.data.nested import get_value, has_value, with_value
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError, RemoteError, UsageError
from cioform.model.description_stamp import with_stamp
from cioform.model.kind import Kind
from cioform.model.objects.languages import HasLanguages
from cioform.model.objects.live_object import LiveObject
from cioform.model.references.names import Names
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.model.values.value_errors import describe_errors, echo
from cioform.plan.compare.differences import ABSENT, Value, value_at
from cioform.run.reading.driver import run_conversation
from cioform.services.workspace import Workspace

_REJECTED: Final = 422
_BLANK: Final[tuple[Value, ...]] = (ABSENT, None, "", NONE, [], {})
_PROBE: Final = "name_of_nothing"
_INVALID: Final = (ValidationError, AttributeError, LookupError, TypeError)
"""What reading an object raises that has a wrong value, or none where one is needed."""


@dataclass(frozen=True, slots=True)
class LiveField:
    """A field of an object as it is now, with the way to write it."""

    workspace: Workspace
    address: Address
    read: tuple[LiveObject, Names]
    """The object as it was read, and the names that resolve its references."""
    name: str
    """Its path as the user wrote it."""
    path: FieldPath
    place: FieldPath
    """Where it is in `shown`."""
    shown: Attributes
    """The object with the groups of the file, which paths name."""
    changed: tuple[FieldPath, ...]
    route: UpdateRoute

    @property
    def kind(self) -> Kind:
        """The kind of the object."""
        return self.workspace.kinds[self.address.kind]

    @property
    def before(self) -> Value:
        """Its value."""
        return value_at(self.shown, self.place)

    def write(self, value: Json) -> None:
        """Set the field to a value. Raises UsageError if it cannot have that value."""
        self._write(self._with(value), value, self.read)

    def clear(self) -> None:
        """Empty the field as a person does.

        What a person clears is empty, names nothing, or has its default. An entry of a mapping is
        gone, such as a translation. Raises UsageError if that changes nothing.
        """
        is_blank = self.before in _BLANK
        read = self.read
        for each in () if is_blank else self._emptied():
            if self._write_if_possible(each, read) and self._is_clear():
                return
            read = self.workspace.live(self.address)  # because the write may have changed it
        problem = "has no value to clear" if is_blank or self._is_default() else "cannot be empty"
        raise UsageError.of("Invalid value", f"`{self.name}` {problem}.")

    def _with(self, value: Json) -> Attributes:
        return {**as_mapping(with_value(self.shown, self.place, value))}

    def _emptied(self) -> Iterator[Attributes]:
        """Yield the object with each value that may be the empty one of the field."""
        before = self.before
        if isinstance(before, Mapping) or before == NONE or self._is_reference():
            yield self._with(NONE)
        else:
            yield self._with("")
        yield self._with([])
        yield self._with({})
        if has_value(self.shown, self.place) and isinstance(self.place[-1], str):
            yield _without(self.shown, self.place)

    def _is_reference(self) -> bool:
        """Return whether the field has the name of another object."""
        probe = self._with(_PROBE)
        try:
            attributes = self.kind.attributes(self.kind.parse(probe))
        except _INVALID:
            return False
        return any(each.text == _PROBE for each in self.kind.references(attributes))

    def _is_clear(self) -> bool:
        after = self.workspace.show(self.address, "live")
        value = value_at(after, self.place)
        return value != self.before and (value in _BLANK or value == self._default())

    def _is_default(self) -> bool:
        return self.before == self._default()

    def _default(self) -> Value:
        """Return what the field is if a file does not have it."""
        if not has_value(self.shown, self.place) or isinstance(self.place[-1], int):
            return ABSENT
        try:
            model = self.kind.parse(_without(self.shown, self.place))
        except _INVALID:
            return ABSENT
        return value_at(self.kind.attributes(model), self.place)

    def _write_if_possible(self, edited: Attributes, read: tuple[LiveObject, Names]) -> bool:
        try:
            self._write(edited, "", read)
        except RemoteError as error:
            if error.status != _REJECTED:
                raise
            return False
        except (UsageError, PlanError):
            return False
        return True

    def _write(self, edited: Attributes, value: Json, read: tuple[LiveObject, Names]) -> None:
        live, names = read
        model = self._parse(live, edited, value)
        if isinstance(self.kind, HasLanguages):
            requests = tuple(self.kind.language_requests(live, edited))
            for request in requests:
                self.workspace.provider.send(request)
            if requests:
                live, names = self.workspace.live(self.address)
        context = WriteContext(names, list(self.changed), None, may_empty=True)
        run_conversation(self.route.operation(live, model, context), self.workspace.provider)

    def _parse(self, live: LiveObject, edited: Attributes, value: Json) -> ResourceModel:
        try:
            # Anyone who edits in the browser leaves the stamp in the description.
            model: ResourceModel = self.kind.parse(
                with_stamp(self.kind, edited, live.decoded.stamp)
            )
        except ValidationError as error:
            [first, *_] = error.errors(include_url=False)
            is_inside = first["loc"][: len(self.path)] == self.path
            at = format_path(first["loc"]) if is_inside else self.name
            problem = describe_errors([first], value)
            raise UsageError.of("Invalid value", describe_at(at, problem)) from None
        except (AttributeError, LookupError, TypeError):
            what = "a list" if isinstance(self.before, list) else "a mapping"
            raise UsageError.of(
                "Invalid value", f"`{self.name}` must be {what}, not {echo(value)}."
            ) from None
        return model


def _without(holder: Attributes, place: FieldPath) -> Attributes:
    """Return a copy without the field at a place; a mapping that held only that stays."""
    above, name = place[:-1], place[-1]
    inner = as_mapping(get_value(holder, above))
    rest = {key: value for key, value in inner.items() if key != name}
    return {**as_mapping(with_value(holder, above, rest))}
