"""Workflows from before format 1, rewritten in the current format."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.kinds.campaign import KIND
from cioform.language.workflow import fill_missing_ids
from cioform.language.workflow.upgrading import upgrade_nodes, upgrade_workflow

OLD = """\
- wait: 1d
- id: half
  random:
    - percent: 50
      then:
        - exit: {}


    - percent: 50
- id: who
  name: who

  branches:
    - when: {attribute: plan, is: pro}
      then:
        - create_event: went_pro

        - exit: {}
    - when: {attribute: plan, is: team}
      then:
        - {create_event: team, raw: {event_data: {a: 1}}}
  otherwise:
    - update_segment: {add: segment.vip}
    - id: leave
      update_segment:
        remove: segment.newcomers
- {id: again, wait: 1d}
- {id: end, exit: {}}
"""
NEW = """\
- id: wait_1
  wait: 1d
- id: half
  random_branches:
    - percent: 50
      then:
        - exit


    - percent: 50
- id: who

  branches:
    - if: {attribute: plan, is: pro}
      then:
        - id: create_event_1
          send_event: went_pro

        - exit
    - if: {attribute: plan, is: team}
      then:
        - {id: create_event_2, send_event: {name: team, data: {event_data: {a: 1}}}}
  else:
    - id: update_segment_1
      add_to_segment: vip
    - id: leave
      remove_from_segment: newcomers
- {id: again, wait: 1d}
- {id: end, exit: true}
"""


def test_a_workflow_is_rewritten_once() -> None:
    steps = yaml.safe_load(OLD)
    upgrade_workflow(steps)
    assert steps == yaml.safe_load(NEW)
    upgrade_workflow(steps)
    assert steps == yaml.safe_load(NEW)


def test_nodes_of_a_graph_are_rewritten() -> None:
    nodes: list[Any] = [
        {"id": "say", "name": "say", "create_event": "x"},
        {"id": "who", "branches": [{"when": {"a": 1}}]},
        {"id": "end", "exit": {}},
    ]
    upgrade_nodes(nodes)
    assert nodes == [
        {"id": "say", "send_event": "x"},
        {"id": "who", "branches": [{"if": {"a": 1}}]},
        {"id": "end", "exit": True},
    ]


def test_canonical_steps_keep_the_ids_of_their_exits() -> None:
    steps: list[Any] = [
        {"id": "if_1", "if": {}, "then": [{"id": "exit_1", "exit": {}}], "else": []}
    ]
    upgrade_workflow(steps)
    assert steps[0]["then"] == [{"id": "exit_1", "exit": True}]


def test_missing_ids_are_made_of_the_current_syntax() -> None:
    steps: list[Any] = [{"send_event": "x"}, {"id": "send_event_2", "wait": "1d"}, "exit"]
    fill_missing_ids(steps)
    assert steps == [
        {"id": "send_event_1", "send_event": "x"},
        {"id": "send_event_2", "wait": "1d"},
        "exit",
    ]
    document: dict[str, Any] = {"workflow": [{"wait": "1d"}]}
    KIND.fill_missing_ids(document)
    assert document == {"workflow": [{"id": "wait_1", "wait": "1d"}]}


@pytest.mark.parametrize("where", ["workflow", "graph"])
def test_conditions_inside_steps_are_rewritten(where: str) -> None:
    step = {"id": "old", "if": {"attribute": "seen", "older_than": "7d"}}
    document: dict[str, Any] = {
        "trigger": {"event": "x"},
        where: [step] if where == "workflow" else {"nodes": [step], "edges": []},
    }
    KIND.upgrade(document)
    assert step["if"] == {"attribute": "seen", "before": "7d ago"}
