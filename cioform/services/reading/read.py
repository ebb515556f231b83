"""Read a workspace and show one resource as the files, the state or the workspace have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.errors import CioformError, UsageError
from cioform.core.suggest import did_you_mean
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import AppliedState, Listing, LiveSnapshot
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import HasOpenFields
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.unknown_members import unknown_fields
from cioform.plan.matching.base_documents import moves_of
from cioform.plan.matching.match import match_resources, with_live_former_names
from cioform.plan.matching.pair import MatchedPair, MatchResult
from cioform.plan.matching.parts_in_place import with_parts_in_place
from cioform.plan.selecting.scope import Scope, pairs_in_scope
from cioform.remote.capabilities import check_credentials
from cioform.remote.openapi.openapi_cache import load_openapi
from cioform.remote.openapi.openapi_validation import describes
from cioform.run.importing.capture import capture_resources
from cioform.run.reading.read import kinds_to_list, read_listing, read_live
from cioform.run.reading.unlisted import with_unlisted_in_use
from cioform.services.context import OpenWorkspace
from cioform.services.reading.state_checks import load_checked_state, values_of_state_checked


def read_workspace(
    opened: OpenWorkspace, applied: AppliedState, scope: Scope
) -> tuple[MatchResult, LiveSnapshot]:
    """Read what the files and bindings in `scope` need, and match it with them.

    The bindings of `applied` must have been checked.
    """
    opened.require_credentials()
    desired = opened.configuration.desired
    kinds = kinds_to_list(opened.kinds, desired, applied, scope)
    if not kinds:
        check_credentials(opened.provider, opened.clock)
    listing = read_listing(kinds, applied, opened.provider, desired)
    matched, live = _match_and_read(opened, applied, listing, scope)
    complete = with_unlisted_in_use(opened.kinds, matched.pairs, live, opened.provider)
    if complete != listing:
        return _match_and_read(opened, applied, complete, scope)
    return matched, live


def _match_and_read(
    opened: OpenWorkspace, applied: AppliedState, listing: Listing, scope: Scope
) -> tuple[MatchResult, LiveSnapshot]:
    desired = opened.configuration.desired
    matched = match_resources(opened.kinds, desired, applied, listing, workspace=opened.name)
    matched = _protected_as_in_base(opened, matched)
    pairs = pairs_in_scope(scope, matched.pairs, opened.kinds)
    live = read_live(opened.kinds, matched, listing, opened.provider, opened.listener, pairs)
    matched, live = with_parts_in_place(opened.kinds, matched, live)
    matched = with_live_former_names(opened.kinds, matched, live)
    return matched, replace(live, described=_described_fields(opened, pairs))


def _protected_as_in_base(opened: OpenWorkspace, matched: MatchResult) -> MatchResult:
    """Return pairs in which renamed documents have `protect` and `ignore` of the target branch."""
    moves = moves_of(matched.pairs)
    base = opened.base.with_moves(moves)
    pairs = (
        replace(each, resource=base.judged(each.resource))
        if each.resource is not None and each.address in moves
        else each
        for each in matched.pairs
    )
    return replace(matched, pairs=tuple(pairs)) if moves else matched


def _described_fields(opened: OpenWorkspace, pairs: Iterable[MatchedPair]) -> frozenset[str]:
    """Return the open fields of the files that the API's description of itself declares.

    It is requested only if a file has such a field. None is declared if it cannot be read.
    """
    fields: dict[str, Request] = {}
    for pair in pairs:
        kind = opened.kinds[pair.address.kind]
        if pair.resource is not None and isinstance(kind, HasOpenFields):
            fields |= kind.open_fields(pair.resource.attributes)
    if not fields or Api.JOURNEYS not in opened.apis:
        return frozenset()
    try:
        document = load_openapi(opened.provider, opened.openapi_cache, opened.clock())
    except CioformError:
        return frozenset()
    return frozenset(name for name, request in fields.items() if describes(request, document))


def show_resource(opened: OpenWorkspace, address: Address, source: str) -> Attributes:
    """Return a resource as one source has it.

    `source` is `desired` for the files, `applied` for what was last written, or `live`, which also
    has what `unknown_fields` returns. Raises UsageError if that source does not have it.
    """
    if source == "desired":
        resource = opened.configuration.desired.resources.get(address)
        if resource is None:
            raise not_found_error(
                address, "No file describes", opened.configuration.desired.resources
            )
        return resource.attributes
    if source == "applied":
        bindings = opened.load_state().bindings
        if address not in bindings:
            raise not_found_error(address, "The state has no binding for", bindings)
        return bindings[address].applied or {}
    known = (*opened.configuration.desired.resources, *opened.load_state().bindings)
    if address not in known:
        return _read_unmanaged(opened, address)
    live, _ = read_live_object(opened, address)
    unknown = unknown_fields(opened.kinds[address.kind], live.found)
    return {**rewritten_as_known(opened, address, live.attributes), **unknown}


def rewritten_as_known(opened: OpenWorkspace, address: Address, live: Attributes) -> Attributes:
    """Return live attributes in the notation of what was last applied and of the file."""
    kind = opened.kinds[address.kind]
    applied = opened.load_state()
    binding = applied.bindings.get(address)
    with values_of_state_checked(opened, applied):
        live = kind.rewrite_like(live, (binding.applied if binding else None) or {})
    resource = opened.configuration.desired.resources.get(address)
    return live if resource is None else kind.rewrite_like(live, resource.attributes)


def _read_unmanaged(opened: OpenWorkspace, address: Address) -> Attributes:
    """Return an object without a file as an import would write it. Raises UsageError."""
    opened.require_credentials()
    desired, applied = opened.configuration.desired, load_checked_state(opened)
    scope = Scope((str(address),))
    try:
        captured = capture_resources(
            opened.kinds, desired, applied, opened.provider, scope, listener=opened.listener
        )
    except UsageError as error:
        details = " ".join(each.detail for each in error.diagnostics)
        raise UsageError.of("Resource not found", details, address=address) from None
    if address in captured.left:
        raise UsageError.of("No file can describe it", captured.left[address], address=address)
    return {**captured.attributes[address], **captured.unknown[address]}


def read_live_object(opened: OpenWorkspace, address: Address) -> tuple[LiveObject, Names]:
    """Return a live object in full, and the names that resolve its references.

    Raises UsageError where the workspace has no such object.
    """
    applied = load_checked_state(opened)
    with values_of_state_checked(opened, applied):
        _, snapshot = read_workspace(opened, applied, Scope((str(address),)))
    live = snapshot.objects.get(address)
    if live is None:
        known = [*opened.configuration.desired.resources, *applied.bindings]
        raise not_found_error(address, "The workspace has no object for", known)
    return live, snapshot.names


def not_found_error(address: Address, problem: str, known: Iterable[Address]) -> UsageError:
    """Return the error for an address after the words of `problem`: `No file describes`."""
    others = [other for other in known if other != address]
    detail = f"{problem} {address}.{did_you_mean(address, others, limit=3)}"
    return UsageError.of("Resource not found", detail, address=address)
