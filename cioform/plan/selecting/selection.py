"""Evaluate selectors: find the addresses of a workspace that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Protocol

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.core.graph import reachable
from cioform.core.suggest import did_you_mean, did_you_mean_address
from cioform.core.text.word_lists import join_names
from cioform.plan.selecting.selectors import FileState, Method, Selector, Term

if TYPE_CHECKING:
    from cioform.plan.reach.reference_graph import ReferenceGraph

_MAX_LISTED: Final = 12


class SelectionFacts(Protocol):
    """What is known of the resources that can be selected."""

    @property
    def known(self) -> Collection[Address]:
        """The addresses of the files and of the state."""

    @property
    def kinds(self) -> Collection[str]:
        """The names of all kinds."""

    def paths(self) -> Mapping[Address, Collection[str]]:
        """Return the files of each resource, relative to the project."""

    def tags(self) -> Mapping[Address, Collection[str]]:
        """Return the names of each resource's tags."""

    def references(self) -> ReferenceGraph:
        """Return what refers to what, by address."""

    def changed(self, revision: str | None) -> Mapping[Address, FileState]:
        """Return what differs from a revision, None for the base: new, removed or else."""


class AddressesOnly:
    """The facts where nothing but the addresses is known, such as objects without a file."""

    def __init__(self, known: Iterable[Address], kinds: Collection[str], why: str) -> None:
        self.known: Collection[Address] = frozenset(known)
        self.kinds = kinds
        self._why = why

    def paths(self) -> Mapping[Address, Collection[str]]:
        """Raise UsageError."""
        raise self._error()

    def tags(self) -> Mapping[Address, Collection[str]]:
        """Raise UsageError."""
        raise self._error()

    def references(self) -> ReferenceGraph:
        """Raise UsageError."""
        raise self._error()

    def changed(self, *_: object) -> Mapping[Address, FileState]:
        """Raise UsageError."""
        raise self._error()

    def _error(self) -> UsageError:
        return UsageError.of(
            "Unsupported selector",
            f"{self._why} Select by address or by kind, such as `campaign.welcome_*` or "
            "`kind:campaign`.",
        )


def select(
    selectors: Iterable[Selector], facts: SelectionFacts, *, may_be_empty: bool = False
) -> frozenset[Address]:
    """Return the addresses that selectors name.

    Raises UsageError if one of them names nothing: it is misspelled, and doing nothing would look
    like success. Only `state:` may name nothing beside another that does. With `may_be_empty`, a
    whole kind, a state or a combination of terms may name nothing, as in an exclusion.
    """
    selected = _union(selectors, _Evaluation(facts, may_be_empty=may_be_empty))
    if not selected and not may_be_empty:
        texts = join_names((each.text for each in selectors), "or")
        raise UsageError.of(
            "Nothing selected",
            f"{texts} matches no resources; nothing differs from that revision.",
        )
    return selected


def select_excluded(selectors: Iterable[Selector], facts: SelectionFacts) -> frozenset[Address]:
    """Return the addresses that exclusions name.

    Raises UsageError as `select` does: a misspelled one would change more than was asked for. One
    that names a whole kind or a state may name nothing: the same command serves many workspaces.
    """
    return _union(selectors, _Evaluation(facts, is_exclusion=True, may_be_empty=True))


def fits(selectors: Iterable[Selector], address: Address) -> bool:
    """Return whether an address is one that selectors name, which need nothing else to tell."""
    return any(all(_fits(term, address) for term in each.terms) for each in selectors)


def _union(selectors: Iterable[Selector], evaluation: _Evaluation) -> frozenset[Address]:
    """Return what any selector names. Raises UsageError with the problems of all of them."""
    found: set[Address] = set()
    problems: list[Diagnostic] = []
    for selector in selectors:
        try:
            found |= evaluation.selected(selector)
        except UsageError as error:
            problems += error.diagnostics
    if problems:
        raise UsageError(problems)
    return frozenset(found)


def _fits(term: Term, address: Address) -> bool:
    text = address.kind if term.method is Method.KIND else str(address)
    return term.needs_addresses_only and fnmatchcase(text, term.value)


class _Evaluation:
    """Evaluates selectors over the facts of a workspace."""

    def __init__(
        self, facts: SelectionFacts, *, is_exclusion: bool = False, may_be_empty: bool = False
    ) -> None:
        self._facts = facts
        self._is_exclusion = is_exclusion
        self._may_be_empty = may_be_empty
        self._known = {str(address): address for address in facts.known}

    def selected(self, selector: Selector) -> frozenset[Address]:
        """Return what fits all terms of a selector. Raises UsageError if terms name nothing."""
        sets = [self._of_term(term) for term in selector.terms]
        found = frozenset.intersection(*sets)
        if not found and all(sets) and not self._may_be_empty:
            terms = join_names((term.text for term in selector.terms), "and")
            raise UsageError.of("Nothing selected", f"No resource is in all of {terms}.")
        return found

    def _of_term(self, term: Term) -> frozenset[Address]:
        if term.method is Method.STATE:
            named = self._in_state(term)
        else:
            index = self._index(term.method)
            keys = _matching(term.value, index)
            if not keys and not self._may_name_nothing(term):
                raise self._matches_nothing_error(term, index)
            named = frozenset(address for key in keys for address in index[key])
        if term.method is Method.USES:
            # What a use names may be no resource of the files.
            named = self._users(_matching(term.value, index))
        return self._with_neighbors(term, named)

    def _index(self, method: Method) -> Mapping[str, Collection[Address]]:
        """Return the addresses by the values of a method."""
        match method:
            case Method.KIND:
                return _inverted((address, [address.kind]) for address in self._facts.known)
            case Method.TAG:
                return _inverted(self._facts.tags().items())
            case Method.PATH:
                paths = self._facts.paths().items()
                return _inverted((a, (p for each in found for p in _above(each)))
                                 for a, found in paths)  # fmt: skip
            case Method.USES:
                return dict.fromkeys(self._facts.references().users, ())
            case _:
                return {text: (address,) for text, address in self._known.items()}

    def _in_state(self, term: Term) -> frozenset[Address]:
        changed = self._facts.changed(term.revision)
        wanted = FileState(term.value)
        return frozenset(
            address
            for address, state in changed.items()
            if address in self._facts.known and wanted in (state, FileState.MODIFIED)
        )

    def _users(self, labels: Iterable[str]) -> frozenset[Address]:
        users = self._facts.references().users
        direct = (user for label in labels for user in users.get(label, ()))
        return self._addresses(reachable(direct, lambda label: users.get(label, ())))

    def _with_neighbors(self, term: Term, named: frozenset[Address]) -> frozenset[Address]:
        labels = [str(address) for address in named]
        if term.with_used:
            uses = self._facts.references().uses
            named |= self._addresses(reachable(labels, lambda label: uses.get(label, ())))
        if term.with_users:
            named |= self._users(labels)
        return named

    def _addresses(self, labels: Iterable[str]) -> frozenset[Address]:
        return frozenset(self._known[label] for label in labels if label in self._known)

    def _may_name_nothing(self, term: Term) -> bool:
        kind = term.value if term.method is Method.KIND else term.value.removesuffix(".*")
        is_whole_kind = term.method is Method.KIND or term.value.endswith(".*")
        return self._may_be_empty and is_whole_kind and kind in self._facts.kinds

    def _matches_nothing_error(self, term: Term, index: Collection[str]) -> UsageError:
        summary = f"{'Exclusion' if self._is_exclusion else 'Selector'} matches nothing"
        if term.method is Method.ADDRESS:
            return UsageError.of(summary, self._no_address(term.value))
        hint = did_you_mean(term.value, index, limit=3)
        if not hint and index and len(index) <= _MAX_LISTED:
            values = join_names((f"{term.method}:{each}" for each in sorted(index)), "or")
            hint = f" Write {values}."
        return UsageError(
            [Diagnostic(summary, f"`{term.text}`: {_NOTHING[term.method](term.value)}{hint}")]
        )

    def _no_address(self, pattern: str) -> str:
        addresses = sorted(self._facts.known)
        kinds = dict.fromkeys(f"{address.kind}.*" for address in addresses)
        return f"No address matches `{pattern}`." + (
            (did_you_mean_address(pattern, addresses) if "." not in pattern else "")
            or did_you_mean(pattern, [*addresses, *kinds], limit=3)
            or (f" Valid patterns: {', '.join(kinds)}." if kinds else "")
        )


_NOTHING: Final = {
    Method.KIND: "there is no resource of this kind.".format,
    Method.PATH: "no resource is from such a file or folder of the project.".format,
    Method.TAG: "no resource has this tag.".format,
    Method.USES: "no resource uses `{}`.".format,
}


def _matching(value: str, keys: Collection[str]) -> list[str]:
    if not any(mark in value for mark in "*?["):
        return [value] if value in keys else []
    return [key for key in keys if fnmatchcase(key, value)]


def _inverted(
    values: Iterable[tuple[Address, Iterable[str]]],
) -> Mapping[str, Collection[Address]]:
    found: dict[str, set[Address]] = {}
    for address, keys in values:
        for key in keys:
            found.setdefault(key, set()).add(address)
    return found


def _above(path: str) -> Iterator[str]:
    """Yield a path and the folders above it, also with a slash at the end."""
    yield path
    while path := path.rpartition("/")[0]:
        yield path
        yield f"{path}/"
