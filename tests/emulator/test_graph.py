"""Legal and illegal graphs of a workflow."""

import pytest

from cioform.emulator.validation.workflow_graph import checked_edges
from cioform.emulator.wire.errors import ApiError


def step(number, kind="email_action", **fields):
    return {"id": number, "type": kind, **fields}


def branch(number):
    return step(number, "conditional_branch_action")


def end(number):
    return step(number, "exit_action")


def edges(*texts):
    """Return edges from a short notation: `1>2` continues, `1>2:0` is a branch."""
    created = []
    for text in texts:
        source, _, rest = text.partition(">")
        target, _, index = rest.partition(":")
        edge = {"from": source, "to": target, "type": "branch" if index else "continue"}
        created.append(edge | ({"index": int(index)} if index else {}))
    return created


WAIT = "conditional_wait_action"
LEGAL = {
    "one exit": ([end(1)], []),
    "a row": ([step(1), step(2), end(3)], ["1>2", "2>3"]),
    "arms meet": (
        [branch(1), step(2), step(3), end(4)],
        ["1>2:0", "1>3:1", "2>4", "3>4"],
    ),
    "an arm ends": ([branch(1), end(2), step(3), end(4)], ["1>2:0", "1>3:1", "3>4"]),
    "all arms end": ([branch(1), end(2), end(3)], ["1>2:0", "1>3:1"]),
    "an empty arm": ([branch(1), step(2), end(3)], ["1>2:0", "1>3:1", "2>3"]),
    "two empty arms": ([branch(1), end(2)], ["1>2:0", "1>2:1"]),
    "a branch in an arm": (
        [branch(1), branch(2), step(3), step(4), step(5), end(6)],
        ["1>2:0", "1>5:1", "2>3:0", "2>4:1", "3>6", "4>6", "5>6"],
    ),
    "one branch after another": (
        [branch(1), step(2), step(3), branch(4), end(5), step(6), end(7)],
        ["1>2:0", "1>3:1", "2>4", "3>4", "4>5:0", "4>6:1", "6>7"],
    ),
    "the rest meet": (
        [
            step(1, "multi_split_branch_action", multi_conditions=["", ""]),
            end(2),
            step(3),
            end(4),
        ],
        ["1>2:0", "1>2:1", "1>3:2", "3>4"],
    ),
    "three ways": (
        [
            step(1, "multi_split_branch_action", multi_conditions=["", ""]),
            step(2),
            step(3),
            step(4),
            end(5),
        ],
        ["1>2:0", "1>3:1", "1>4:2", "2>5", "3>5", "4>5"],
    ),
    "cohorts": (
        [step(1, "random_cohort_branch_action", cohorts=[500, 500]), end(2), end(3)],
        ["1>2:0", "1>3:1"],
    ),
    "a wait forever": ([step(1, WAIT, exit_type="never"), end(2)], ["1>2:0"]),
    "variants stand aside": (
        [step(1, "split_randomized_action", action_ids=[2, 3]), step(2), step(3), end(4)],
        ["1>4"],
    ),
    "a long row": (
        [*(step(n) for n in range(1, 3000)), end(3000)],
        [f"{n}>{n + 1}" for n in range(1, 3000)],
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal_graphs(name):
    actions, written = LEGAL[name]
    assert checked_edges(actions, edges(*written)) == edges(*written)


ILLEGAL = {
    "two roots": ([step(1), step(2), end(3)], ["1>3", "2>3"], 422, "more than one root"),
    "an orphan exit": ([step(1), end(2), end(3)], ["1>2"], 422, "more than one root"),
    "a cycle beside": ([step(1), step(2), end(3)], ["1>2", "2>1"], 422, "cannot be reached"),
    "only a cycle": ([step(1), step(2)], ["1>2", "2>1"], 422, "no root"),
    "a cycle after the root": ([step(1), step(2), step(3)], ["1>2", "2>3", "3>2"], 409, "conver"),
    "out of an exit": ([end(1), end(2)], ["1>2"], 422, "must not have outgoing"),
    "two ways on": ([step(1), end(2), end(3)], ["1>2", "1>3"], 422, "exactly one"),
    "no way on": ([step(1)], [], 422, "exactly one"),
    "one arm": ([branch(1), end(2)], ["1>2:0"], 422, "wrong number"),
    "an index twice": ([branch(1), end(2), end(3)], ["1>2:0", "1>3:0"], 422, "wrong number"),
    "a plain edge from a branch": (
        [branch(1), end(2), end(3)],
        ["1>2:0", "1>3"],
        422,
        "wrong number",
    ),
    "a branch edge from a step": ([step(1), end(2)], ["1>2:0"], 422, "exactly one"),
    "to nowhere": ([step(1), end(2)], ["1>9"], 422, "unknown action"),
    "a wait with a timeout has two arms": (
        [step(1, WAIT, exit_type="continue"), end(2)],
        ["1>2:0"],
        422,
        "wrong number",
    ),
    "two exits, both shared": (
        [step(1, "multi_split_branch_action", multi_conditions=["", "", ""]), end(2), end(3)],
        ["1>2:0", "1>2:1", "1>3:2", "1>3:3"],
        409,
        "converge",
    ),
    "arms that cross": (
        [branch(1), branch(2), branch(3), end(4), end(5)],
        ["1>2:0", "1>3:1", "2>4:0", "2>5:1", "3>4:0", "3>5:1"],
        409,
        "converge",
    ),
    "a gate that is not first": (
        [step(1), step(2, "filter_match_delay_action"), end(3)],
        ["1>2", "2>3"],
        422,
        "gate",
    ),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_illegal_graphs(name):
    actions, written, status, text = ILLEGAL[name]
    with pytest.raises(ApiError, match=text) as refused:
        checked_edges(actions, edges(*written))
    assert refused.value.status == status


def test_edges_are_required():
    with pytest.raises(ApiError, match="edges cannot be nil"):
        checked_edges([end(1)], None)
