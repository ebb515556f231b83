"""One graph of all references: declared ones, and names in Liquid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum

from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field
from cioform.model.kind import Kind
from cioform.model.references.names import Names, Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.plan.reach.find_uses import find_uses


class NodeState(StrEnum):
    """What is known of an object in the graph."""

    MANAGED = "managed"
    UNMANAGED = "unmanaged"
    """It exists in the workspace, and no file describes it."""
    MISSING = "missing"
    """No file describes it. Whether the workspace has it was not looked at."""


@dataclass(frozen=True, slots=True)
class ObjectTexts:
    """An object as the graph needs it: a resource of the files, or an object without a file."""

    label: str
    """Its address; for an object without a file its kind and its name."""
    kind: Kind
    attributes: Attributes
    state: NodeState = NodeState.MANAGED
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceGraph:
    """The uses of every object by its label, each with whether it is certain."""

    uses: Mapping[str, Mapping[str, bool]]
    states: Mapping[str, NodeState]
    incomplete: Set[str] = frozenset()
    """The objects whose users cannot all be found out, although the workspace was read."""
    _users: dict[str, dict[str, bool]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        users: dict[str, dict[str, bool]] = {}
        for user, used in self.uses.items():
            for label, is_certain in used.items():
                users.setdefault(label, {})[user] = is_certain
        object.__setattr__(self, "_users", users)

    @property
    def users(self) -> Mapping[str, Mapping[str, bool]]:
        """The users of every object, each with whether the use is certain."""
        return self._users

    def state(self, label: str) -> NodeState:
        """Return what is known of an object."""
        return self.states.get(label, NodeState.MISSING)


def build_graph(
    objects: Iterable[ObjectTexts], registry: Registry, names: Names | None = None
) -> ReferenceGraph:
    """Return the graph of objects. `names` resolve the IDs of a workspace that was read."""
    known = tuple(objects)
    finder = _LabelFinder(known, registry, names or Names())
    return ReferenceGraph(
        {each.label: _uses(each, finder) for each in known},
        {each.label: each.state for each in known},
    )


class _LabelFinder:
    """Finds the label of what a reference or a name in Liquid means."""

    def __init__(self, objects: Iterable[ObjectTexts], registry: Registry, names: Names) -> None:
        self._names = names
        self.named: dict[str, dict[str, str]] = {
            kind.liquid_collection: {} for kind in registry if isinstance(kind, NamedInLiquid)
        }
        self.kinds = {
            kind.liquid_collection: kind.name
            for kind in registry
            if isinstance(kind, NamedInLiquid)
        }
        self._by_id: dict[tuple[str, str], str] = {}
        self._by_identity: dict[tuple[str, str], str] = {}
        for each in objects:
            if each.remote_id:
                self._by_id[each.kind.name, each.remote_id] = each.label
            identity = str(each.attributes.get(each.kind.identity, "")).strip()
            self._by_identity[each.kind.name, identity] = each.label
            if isinstance(each.kind, NamedInLiquid):
                self.named[each.kind.liquid_collection].setdefault(identity, each.label)

    @property
    def collections(self) -> Iterable[str]:
        return self.named

    def find_in_liquid(self, collection: str, name: str) -> str:
        """Return the label for a name in Liquid."""
        return self.named[collection].get(name) or object_label(self.kinds[collection], name)

    def find_starting(self, collection: str, start: str) -> Iterable[str]:
        """Return the labels of all objects whose names in Liquid begin with a text."""
        return [label for name, label in self.named[collection].items() if name.startswith(start)]

    def find_named(self, kind: str, name: str) -> str | None:
        """Return the label of the object with a name, None if no known object has it."""
        return self._by_identity.get((kind, name))

    def find_referenced(self, reference: Reference) -> str:
        """Return the label of what a reference means."""
        kind, text = reference.kind, reference.text
        remote_id = text.removeprefix(f"{kind}#")
        known = self._names.known.get(kind, {}).get(text, remote_id)
        if (found := self._by_id.get((kind, known))) is not None:
            return found
        if reference.address is None and (kind, text) in self._by_identity:
            return self._by_identity[kind, text]  # a sender by its e-mail address
        return object_label(kind, text)


def object_label(kind: str, name: str) -> str:
    """Return the label of an object: its address where its name can be that of one."""
    return name if name.startswith(f"{kind}#") else f"{kind}.{name}"


def _uses(found: ObjectTexts, finder: _LabelFinder) -> dict[str, bool]:
    uses = find_uses(found.kind, found.attributes, finder)
    uses.pop(found.label, None)
    return dict(sorted(uses.items()))
