"""The tree of steps and the graph: both directions, and their problems."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.language.workflow import (
    STEP_TYPES,
    Edge,
    Graph,
    Node,
    add_ways,
    assign_ids,
    compile_steps,
    decompile,
    depth,
    graph_problems,
    walk,
    workflow_problems,
)
from tests.support.examples import EXAMPLES

EXIT: dict[str, Any] = {"exit": True}


def edges(graph: Graph) -> set[tuple[str, str, int | None]]:
    return {(edge.source, edge.target, edge.branch) for edge in graph.edges}


def node(name: str, word: str = "wait") -> Node:
    return Node(name, word, {word: {}})


def test_a_step_without_an_id_is_named_by_its_type_and_number() -> None:
    steps = assign_ids(
        [{"wait": "1d"}, {"id": "wait_2", "wait": "2d"}, {"if": {}, "then": [EXIT]}, {"wait": "3d"}]
    )
    assert [step["id"] for _, step in walk(steps)] == [
        "wait_1",
        "wait_2",
        "if_1",
        "exit_1",
        "wait_3",
    ]


def test_the_trunk_ends_in_an_exit_and_a_branch_can_have_its_own() -> None:
    steps = assign_ids(
        [{"id": "w", "email": {}},
         {"id": "a", "if": {}, "then": [EXIT], "else": [{"id": "n", "push": {}}]},
         {"id": "z", "wait": "1d"}]
    )  # fmt: skip
    graph = compile_steps(steps)
    assert edges(graph) == {
        ("w", "a", None),
        ("a", "exit_1", 0),
        ("a", "n", 1),
        ("n", "z", None),
        ("z", "exit", None),
    }
    assert [n.id for n in graph.nodes] == ["w", "a", "exit_1", "n", "z", "exit"]
    assert graph_problems(graph) == []


def test_branches_join_at_the_next_step() -> None:
    steps = assign_ids(
        [{"id": "q",
          "branches": [{"if": 1, "then": [{"id": "a", "push": {}}]}, {"if": 2, "then": []}],
          "else": [{"id": "b", "push": {}}]}, {"id": "c", "wait": "1d"}]
    )  # fmt: skip
    graph = compile_steps(steps)
    assert {("q", "a", 0), ("q", "c", 1), ("q", "b", 2), ("a", "c", None)} < edges(graph)
    assert graph.by_id["q"].fields == {"branches": [{"if": 1}, {"if": 2}]}
    assert decompile(graph) == steps


def test_no_exit_is_added_when_all_branches_exit() -> None:
    steps = assign_ids(
        [{"id": "i", "if": {}, "then": [{"id": "p", "push": {}}, EXIT], "else": [EXIT]}]
    )
    graph = compile_steps(steps)
    assert "exit" not in graph.by_id
    again = decompile(graph)
    assert again is not None
    assert compile_steps(again).is_equivalent_to(graph)


def test_an_empty_workflow_is_its_exit() -> None:
    graph = compile_steps([])
    assert [n.id for n in graph.nodes] == ["exit"]
    assert decompile(graph) == []


def test_a_guard_keeps_what_follows_on_the_trunk() -> None:
    guard = assign_ids([{"id": "i", "if": {}, "then": [EXIT], "else": [{"id": "a", "push": {}}]},
                      {"id": "b", "push": {}}])  # fmt: skip
    assert decompile(compile_steps(guard)) == assign_ids(
        [{"id": "i", "if": {}, "then": [EXIT], "else": []},
         {"id": "a", "push": {}}, {"id": "b", "push": {}}]
    )  # fmt: skip


def test_two_messages_with_an_exit_each_stay_in_their_branches() -> None:
    steps = assign_ids([{"id": "i", "if": {}, "then": [{"id": "p", "push": {}}, EXIT],
                       "else": [{"id": "m", "email": {}}]}])  # fmt: skip
    assert decompile(compile_steps(steps)) == steps


def test_crossing_branches_are_not_a_tree() -> None:
    # Both branches of `a` lead into both branches of the others: x -> y has another way in.
    graph = Graph(
        (
            node("a", "if"),
            node("b", "if"),
            node("x"),
            node("y"),
            Node("exit", "exit", {"exit": True}),
        ),
        (
            Edge("a", "b", 0),
            Edge("a", "x", 1),
            Edge("b", "x", 0),
            Edge("b", "y", 1),
            Edge("x", "y"),
            Edge("y", "exit"),
        ),
    )
    assert graph_problems(graph) == []
    assert decompile(graph) is None


def test_a_step_of_an_unknown_type_has_its_ways_in_the_tree() -> None:
    ask = {"id": "ask", "action": "llm_action", "raw": {"prompt": "x"}}
    translate = {
        "id": "language",
        "action": "multi_lang_branch_action",
        "ways": [[{"id": "a", "push": {}}], [], [{"id": "e", "exit": True}]],
    }
    graph = compile_steps([ask, translate])
    assert edges(graph) == {
        ("ask", "language", None),
        ("language", "a", 0),
        ("language", "exit", 1),
        ("language", "e", 2),
        ("a", "exit", None),
    }
    assert graph_problems(graph) == []
    assert decompile(graph) == [ask, translate]


def test_the_ways_of_an_unknown_node_are_those_of_its_edges() -> None:
    nodes = (Node("a", "llm_action", {"action": "llm_action"}), node("b"), node("exit", "exit"))
    one = Graph(nodes, (Edge("a", "b"), Edge("b", "exit")))
    assert add_ways(one) == one
    two = Graph(nodes, (Edge("a", "b", 0), Edge("a", "exit", 1), Edge("b", "exit")))
    assert add_ways(two).by_id["a"].fields["ways"] == [[], []]
    odd = Graph(nodes, (Edge("a", "b", 0), Edge("a", "exit", 2), Edge("b", "exit")))
    assert decompile(add_ways(odd)) is None


def test_five_hundred_nested_branches() -> None:
    steps: list[dict[str, Any]] = [{"id": "bottom", "wait": "1d"}]
    for i in range(500):
        steps = [
            {"id": f"i{i}", "if": {}, "then": [{"id": f"x{i}", "exit": True}], "else": steps},
            {"id": f"w{i}", "wait": "1d"},
        ]
    graph = compile_steps(steps)
    assert depth(steps) == 501
    assert len(graph.nodes) == 1502
    again = decompile(graph)
    assert again is not None
    assert compile_steps(again).is_equivalent_to(graph)
    assert graph_problems(graph) == []
    assert "nested more than 60 levels deep" in workflow_problems(steps)[0][1]


@pytest.mark.parametrize(
    ("steps", "at", "expected_message"),
    [
        ("wait", (), "A workflow is a list"),
        (["wait"], (0,), "A step is a mapping such as `wait: 2d`, not the text \"wait\"."),
        ([5], (0,), "not the number 5."),
        ([None], (0,), "not an empty value. Write a step after the `-`, or remove the `-`."),
        ([[]], (0,), "not a list. Write a step after the `-`, or remove the `-`."),
        ([[{"wait": "1d"}]], (0,), "not a list. Move its items into the list around it: "),
        ([{"wait": "1d", "email": {}}], (0,), "`wait` and `email`. Make them separate steps"),
        ([{"id": "a"}], (0,), "has no keyword"),
        ([{"emial": {}}], (0, "emial"), "Did you mean `email`?"),
        ([{"wait": "1d", "then": []}], (0, "then"), "has no `then`"),
        ([{"if": {}, "then": {}}], (0, "then"), "`then` is a list"),
        ([{"branches": {}}], (0, "branches"), "is a list of branches"),
        ([{"id": "r", "random_branches": [{"then": 1}]}],
         (0, "random_branches", 0, "then"), "is a list of steps"),
        ([{"id": "A b", "wait": "1d"}], (0, "id"), "An ID is a text"),
        ([{"id": "exit", "wait": "1d"}], (0, "id"), "is reserved for the end"),
        ([{"id": "a", "wait": "1d"}, {"if": {}, "then": [{"id": "a", "wait": "1d"}]}],
         (1, "then", 0, "id"), "Two steps have the ID `a`"),
        ([{"id": "w", "wait_until": {}, "timeout": "never", "on_timeout": [{"wait": "1d"}]}],
         (0, "on_timeout"), "Nobody ever takes"),
        ([{"if": {}, "otherwise": []}], (0, "otherwise"), "    else: []"),
        ([{"ab_test": [{"id": "a", "email": {}}]}], (0, "ab_test"), "at least two messages"),
        ([{"ab_test": [{"id": "a", "wait": {}}, {"id": "b", "push": {}}]}], (0, "ab_test", 0),
         "mapping with one message"),
        ([{"ab_test": [{"id": "a", "push": {}}, {"id": "a", "push": {}}]}],
         (0, "ab_test", 1, "id"), "Two steps have the ID `a`"),
        ([EXIT, {"id": "w", "wait": "1d"}], (1,), "Nobody reaches this step"),
        ([{"id": "i", "if": {}, "then": [EXIT], "else": [EXIT]}, {"id": "w", "wait": "1d"}],
         (1,), "Nobody reaches"),
        ([{"id": "i", "if": {}, "then": [{"id": "j", "if": {}}, EXIT], "else": []}],
         (0, "then", 1), "Several branches lead"),
    ],
)  # fmt: skip
def test_invalid_trees(steps: Any, at: tuple[Any, ...], expected_message: str) -> None:
    (path, text), *_ = workflow_problems(steps)
    assert path == at
    assert expected_message in text


def test_a_wait_without_a_timeout_has_one_branch() -> None:
    never = {"id": "w", "wait_until": {"x": 1}, "timeout": "never", "then": []}
    then = {"id": "p", "push": {}}
    assert edges(compile_steps([never, then])) == {("w", "p", 0), ("p", "exit", None)}
    with_branch = {**never, "on_timeout": []}
    assert ("w", "p", 1) in edges(compile_steps([with_branch, then]))
    assert decompile(compile_steps([with_branch, then])) == [with_branch, then]
    assert graph_problems(compile_steps([with_branch, then])) == []


def test_all_problems_are_reported_at_once() -> None:
    found = workflow_problems(
        [{"wiat": "1d"}, {"id": "A", "wait": "1d"}, {"if": {}, "otherwise": []}]
    )
    assert [path for path, _ in found] == [*((0, "wiat"), (2, "otherwise"), (1, "id"), (2, "id"))]


def graph_of(words: dict[str, str], ways: list[tuple[str, str, int | None]]) -> Graph:
    return Graph(
        tuple(node(name, word) for name, word in words.items()), tuple(Edge(*way) for way in ways)
    )


@pytest.mark.parametrize(
    ("graph", "expected_message"),
    [
        (graph_of({"a": "wait", "e": "exit"}, [("a", "e", 0)]),
         "one outgoing edge without `branch`"),
        (graph_of({"a": "if", "e": "exit"}, [("a", "e", 0)]), "branch 0, 1"),
        (graph_of({"a": "if", "e": "exit"}, [("a", "e", 0), ("a", "e", 0)]),
         "Two edges leave `a` with branch 0"),
        (graph_of({"a": "wait", "e": "exit"}, [("a", "b", None)]), "There is no node `b`"),
        (graph_of({"a": "wait", "b": "wait", "e": "exit"}, [("a", "e", None), ("b", "e", None)]),
         "No edge leads to `b`"),
        (graph_of({"a": "wait", "b": "wait"}, [("a", "b", None), ("b", "a", None)]),
         "form a cycle"),
        (graph_of({"a": "wait", "e": "exit"}, [("a", "e", None), ("e", "a", None)]),
         "no outgoing edge"),
        (graph_of({"r": "if", "a": "if", "b": "if", "e": "exit", "f": "exit"},
                  [("r", "a", 0), ("r", "b", 1), ("a", "e", 0), ("a", "e", 1),
                   ("b", "f", 0), ("b", "f", 1)]),
         "exit of its own"),
    ],
)  # fmt: skip
def test_invalid_graphs(graph: Graph, expected_message: str) -> None:
    assert expected_message in graph_problems(graph)[0][1]


def test_two_nodes_of_one_name_are_refused() -> None:
    graph = Graph((node("a"), node("a"), node("e", "exit")), (Edge("a", "e"),))
    assert "Two nodes have the ID `a`" in graph_problems(graph)[0][1]


MIDDLE = sorted(word for word, row in STEP_TYPES.items() if row.continues and word != "ab_test")
plain = st.one_of(
    st.sampled_from(MIDDLE).map(lambda word: {word: {}}),
    st.integers(0, 10**9).map(
        lambda n: {"ab_test": [{"id": f"a{n}", "email": {}}, {"id": f"b{n}", "email": {}}]}
    ),
    st.just({"action": "llm_action", "raw": {"prompt": "x"}}),
)


def branching(inner: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    option = st.fixed_dictionaries({"then": inner})
    options = st.lists(option, min_size=1, max_size=3)
    never = {"wait_until": {}, "timeout": "never"}
    return st.one_of(
        st.builds(lambda a, b: {"if": {"x": 1}, "then": a, "else": b}, inner, inner),
        st.builds(
            lambda a, b: {"wait_until": {}, "timeout": "1d", "then": a, "on_timeout": b},
            inner,
            inner,
        ),
        st.builds(lambda a: {**never, "then": a}, inner),
        st.just({**never, "then": [], "on_timeout": []}),
        st.builds(lambda o, b: {"branches": o, "else": b}, options, inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda w: {"action": "odd_branch", "ways": w}),
        st.builds(lambda o: {"random_branches": o}, st.lists(option, min_size=2, max_size=3)),
    )


def sequences(step: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.builds(
        lambda steps, end: [*steps, *end],
        st.lists(step, max_size=2),
        st.sampled_from([[], [EXIT], [{"action": "last_action", "ways": []}]]),
    )


trees = st.recursive(
    sequences(plain), lambda inner: sequences(plain | branching(inner)), max_leaves=8
)


def make_valid(tree: list[Any]) -> list[Any]:
    """Remove unreachable steps and duplicate ids until the tree is valid."""
    steps = assign_ids(tree)
    while found := workflow_problems(steps):
        path = found[0][0]
        path = path[: path.index("ab_test")] if "ab_test" in path else path
        holder: Any = steps
        for part in path[:-1]:
            holder = holder[part]
        del holder[path[-1] :]
    return steps


@settings(max_examples=EXAMPLES)
@given(trees)
def test_any_tree_round_trips_through_a_graph(tree: list[Any]) -> None:
    steps = make_valid(tree)
    graph = compile_steps(steps)
    assert graph_problems(graph) == []
    canonical = decompile(graph)
    assert canonical is not None
    assert compile_steps(canonical).is_equivalent_to(graph)
    assert workflow_problems(canonical) == []
    shuffled = Graph(
        tuple(random.Random(1).sample(graph.nodes, len(graph.nodes))),
        tuple(random.Random(2).sample(graph.edges, len(graph.edges))),
    )
    assert decompile(shuffled) == canonical
    assert decompile(compile_steps(canonical)) == canonical
