"""Plans that are hostile or large, for the tests of reports."""

from __future__ import annotations

from hypothesis import strategies as st

from cioform.core.address import Address
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import (
    Action,
    BlockedChange,
    Change,
    FieldChange,
    Origin,
    UnmanagedUser,
    User,
)
from cioform.plan.plan import Plan, PlanHeader

HEADER = PlanHeader("acme", 1, "L", 3, 1_700_000_000, apis=(Api.APP, Api.JOURNEYS))
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</details></article></main><h1>Approved</h1>",
    "```\n</details>\n# Approved by @acme/admins #1",
    "[ok](https://evil.example) ![x](https://evil.example/x.png) www.evil.example",
    "\x1b[2J\x1b]0;title\x07 \u202egnp.exe \u200b\ufeff",
    "{{ 7 * 7 }} {% raw %} {# c #}",
    "| a | b |\n|---|---|",
    "--> <!-- :tada: $x$ ~~gone~~ &lt;b&gt; 1. - +",
    "\ud800 lone surrogate",
)
_texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.just("a\n" * 60))
_values = st.one_of(st.none(), st.integers(), _texts, st.lists(_texts, max_size=2))
_names = st.one_of(st.sampled_from(("body", "title", "a.b", 'x"y')), st.text("ab` |", min_size=1))
_fields = st.builds(
    FieldChange,
    st.tuples(_names, _names),
    _values,
    _values,
    st.sampled_from(Origin),
)
_users = st.builds(User, st.just(Address("campaign", "c")), st.sampled_from(ReachState))
_unmanaged = st.builds(
    UnmanagedUser, st.just("campaign"), _texts, _texts, st.just(ReachState.RUNNING)
)
_changes = st.builds(
    Change,
    address=st.builds(Address, st.just("snippet"), st.from_regex(r"[a-z]{1,9}", fullmatch=True)),
    action=st.sampled_from([each for each in Action if each is not Action.NOOP]),
    remote_id=st.just("1"),
    reason=_texts,
    fields=st.lists(_fields, max_size=4).map(tuple),
    reach=st.builds(Reach, st.sampled_from(ReachState)),
    users=st.lists(_users, max_size=2).map(tuple),
    unmanaged_users=st.lists(_unmanaged, max_size=2).map(tuple),
)
_blocked = st.builds(
    BlockedChange,
    st.just(Address("sender", "x")),
    st.just(Action.UPDATE),
    st.just(()),
    _texts,
)
plans = st.builds(
    Plan,
    st.just(HEADER),
    st.lists(_changes, max_size=6).map(tuple),
    st.lists(_blocked, max_size=2).map(tuple),
)
"""Plans whose every text is hostile."""


def large_plan(number: int) -> Plan:
    """Return a plan of a number of changes, each with a body of 40 lines and two scalars."""
    old = "\n".join(f"<p>Line {at} of the body of a message</p>" for at in range(40))
    fields = (
        FieldChange(("subject",), "Hello there", "Hello again"),
        FieldChange(("settings", "wait"), "1d", "2d"),
        FieldChange(("body",), old, old.replace("Line 7 of", "Line seven of")),
    )
    changes = tuple(
        Change(
            Address("snippet", f"s{at}"),
            Action.UPDATE,
            str(at),
            reason="changed in the files",
            fields=fields,
            reach=Reach(ReachState.RUNNING, 12) if at % 2 else Reach(ReachState.DRAFT),
        )
        for at in range(number)
    )
    return Plan(HEADER, changes)
