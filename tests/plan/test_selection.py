"""Selectors: what each form names, and what is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.plan.reach.reference_graph import NodeState, ReferenceGraph
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selection import AddressesOnly, fits
from cioform.plan.selecting.selectors import FileState, parse_selectors

USES = {
    "campaign.welcome": {"segment.vip": True, "snippet.footer": True},
    "campaign.winback": {"segment.idle": True},
    "segment.idle": {"segment.vip": True},
    "segment.vip": {"segment#7": True},
    "snippet.footer": {},
    "snippet.old": {},
}


class Facts:
    """A workspace of six resources, of which one has no file any more."""

    known: Collection[Address] = frozenset(map(Address.parse, USES))
    kinds: Collection[str] = ("campaign", "segment", "sender", "snippet")

    def paths(self) -> Mapping[Address, Collection[str]]:
        found = {a: [f"workspaces/acme/{a.kind}s/{a.name}.yaml"] for a in self.known}
        found[Address("snippet", "footer")].append("workspaces/_shared/footer.html")
        return {a: paths for a, paths in found.items() if a.name != "old"}

    def tags(self) -> Mapping[Address, Collection[str]]:
        return {Address("campaign", "welcome"): ["eu"], Address("campaign", "winback"): ["eu_west"]}

    def references(self) -> ReferenceGraph:
        return ReferenceGraph(USES, dict.fromkeys(USES, NodeState.MANAGED))

    def changed(self, revision: str | None) -> Mapping[Address, FileState]:
        if revision == "now":
            return {}
        return {
            Address("segment", "vip"): FileState.MODIFIED,
            Address("campaign", "winback"): FileState.NEW,
            Address("snippet", "old"): FileState.REMOVED,
            Address("snippet", "never_applied"): FileState.REMOVED,
        }


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ("snippet.*", "snippet.footer snippet.old"),
        ("kind:campaign", "campaign.welcome campaign.winback"),
        ("kind:seg* snippet.old", "segment.idle segment.vip snippet.old"),
        ("kind:campaign,uses:segment.idle", "campaign.winback"),
        ("tag:eu", "campaign.welcome"),
        ("tag:eu*", "campaign.welcome campaign.winback"),
        ("tag:*?[u]", "campaign.welcome"),
        ("path:workspaces/acme/campaigns", "campaign.welcome campaign.winback"),
        ("path:workspaces/acme/campaigns/", "campaign.welcome campaign.winback"),
        ("path:workspaces/_shared/*.html", "snippet.footer"),
        ("path:workspaces/acme/segments/vip.yaml", "segment.vip"),
        ("uses:segment.vip", "campaign.welcome campaign.winback segment.idle"),
        ("uses:segment#7", "campaign.welcome campaign.winback segment.idle segment.vip"),
        ("segment.idle+", "campaign.winback segment.idle"),
        ("+campaign.winback", "campaign.winback segment.idle segment.vip"),
        ("+segment.idle+", "campaign.winback segment.idle segment.vip"),
        ("state:modified", "campaign.winback segment.vip snippet.old"),
        ("state:modified@main,kind:segment", "segment.vip"),
        ("state:new", "campaign.winback"),
        ("state:removed", "snippet.old"),
        ("state:new+", "campaign.winback"),
        ("state:new@now snippet.old", "snippet.old"),
    ],
)
def test_what_a_selector_names(selector: str, named: str) -> None:
    scope = Scope((selector,)).resolve(Facts())
    assert " ".join(sorted(str(a) for a in Facts.known if scope.includes(a))) == named
    left = Scope(exclude=(selector,)).resolve(Facts())
    assert frozenset(a for a in Facts.known if not left.includes(a)) == scope.targeted


@pytest.mark.parametrize(
    ("selector", "summary", "detail"),
    [
        ("knd:campaign", "Unknown selector", "Did you mean `kind`?"),
        ("state:modifed", "Unknown selector", "Did you mean `modified`?"),
        ("state:", "Unknown selector", "`state:new`, `state:modified` or `state:removed`"),
        ("kind:", "Empty selector", "`kind:` is incomplete"),
        ("kind:campaign,", "Empty selector", "in `kind:campaign,`"),
        ("+", "Empty selector", "`+` is incomplete"),
        ("kind:campain", "Selector matches nothing", "Did you mean `campaign`?"),
        ("kind:sender", "Selector matches nothing", "Write `kind:campaign`"),
        (
            "tag:ue",
            "Selector matches nothing",
            "no resource has this tag. Write `tag:eu` or `tag:eu_west`.",
        ),
        ("uses:segment.vop", "Selector matches nothing", "Did you mean `segment.vip`"),
        ("uses:campaign.welcome", "Selector matches nothing", "no resource uses"),
        ("path:campaigns", "Selector matches nothing", "file or folder of the project"),
        ("vip", "Selector matches nothing", "Did you mean `segment.vip`?"),
        ("qqqqqqqq", "Selector matches nothing", "Valid patterns: campaign.*, s"),
        ("kind:segment,tag:eu", "Nothing selected", "all of `kind:segment` and `tag:eu`"),
        ("state:modified@now", "Nothing selected", "nothing differs from that revision"),
    ],
)
def test_what_is_refused(selector: str, summary: str, detail: str) -> None:
    with pytest.raises(UsageError) as refused:
        Scope((selector,)).resolve(Facts())
    [problem] = refused.value.diagnostics
    assert problem.summary == summary
    assert detail in problem.detail


def test_all_selectors_that_match_nothing_are_named_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        Scope(("kind:campain tag:ue", "vop")).resolve(Facts())
    assert len(refused.value.diagnostics) == 3


@pytest.mark.parametrize(
    ("selector", "is_fit"),
    [
        ("segment.vip", True),
        ("segment.*", True),
        ("kind:seg*,*.vip", True),
        ("kind:segment", True),
        ("kind:campaign segment.vip", True),
        ("kind:segment,segment.idle", False),
        ("+segment.vip", False),
        ("segment.vip+", False),
        ("+segment.vip+", False),
        ("kind:segment+", False),
        ("uses:segment.vip", False),
        ("path:*", False),
    ],
)
def test_an_address_alone_tells_whether_it_fits_an_address_or_a_kind(
    selector: str, is_fit: bool
) -> None:
    assert fits(parse_selectors((selector,)), Address("segment", "vip")) is is_fit


class TaggedFacts(Facts):
    """The same workspace, with some number of tags."""

    def __init__(self, number: int) -> None:
        self.number = number

    def tags(self) -> Mapping[Address, Collection[str]]:
        return {Address("campaign", "welcome"): [f"team_{at:02}" for at in range(self.number)]}


@pytest.mark.parametrize(
    ("number", "tag", "hint"),
    [
        (0, "ue", ""),
        (1, "ue", " Write `tag:team_00`."),
        (
            12,
            "ue",
            f" Write {', '.join(f'`tag:team_{at:02}`' for at in range(11))} or `tag:team_11`.",
        ),
        (13, "ue", ""),
        (1, "taem_00", " Did you mean `team_00`?"),
        (13, "taem_12", " Did you mean `team_12`, `team_11` or `team_10`?"),
    ],
)
def test_few_values_are_listed_where_none_is_close(number: int, tag: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        Scope((f"tag:{tag}",)).resolve(TaggedFacts(number))
    [problem] = refused.value.diagnostics
    assert problem.detail == f"`tag:{tag}`: no resource has this tag.{hint}"


@pytest.mark.parametrize("selector", ["tag:eu", "path:x", "uses:x.y", "state:new", "a.b+"])
def test_only_addresses_tell_where_there_are_no_files(selector: str) -> None:
    facts = AddressesOnly([Address("a", "b")], ["a"], "There are no files.")
    with pytest.raises(UsageError, match="Unsupported selector"):
        Scope((selector,)).resolve(facts)
