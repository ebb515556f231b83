"""Which forms of a condition the emulator accepts, and how it rejects the others."""

from typing import Any

import pytest

MESSAGE = {"type": "message", "event": {"name": "output_7", "type": "clicked_email"}}
EVENT_OF_OTHERS = {"type": "foreign_event", "event": {"type": "event", "name": "purchased"}}
OBJECT = {
    "type": "object_attribute",
    "type_id": 1,
    "field": "seats",
    "operator": "gt",
    "value": "1",
}


@pytest.fixture
def put(emulator: Any) -> Any:
    """Return a function that writes elements to a wait of a draft and returns the status."""
    created = emulator.journeys.post("/campaigns", json={"campaign": {"name": "c", "type": "none"}})
    path = f"/campaigns/{created.json()['campaign']['id']}"
    trigger = {"update_type": "recipients", "type": "transactional", "event": "e"}
    response = emulator.journeys.put(path, json={"campaign": trigger})
    [last] = response.json()["campaign"]["workflow_action_ids"] or [
        action["id"] for action in emulator.journeys.get(path).json()["actions"]
    ]

    def write(action_type: str, member: str, value: Any) -> int:
        action = {"id": -1, "type": action_type, "name": "a", member: value}
        if action_type == "conditional_wait_action":
            action |= {"exit_type": "continue", "delay": 60}
        edges = [
            {"from": "-1", "to": str(last), "type": "branch", "index": index} for index in (0, 1)
        ]
        body = {"campaign": {"update_type": "add_actions", "edges": edges}, "actions": [action]}
        return int(emulator.journeys.put(path, json=body).status_code)

    return write


@pytest.mark.parametrize("element", [MESSAGE, EVENT_OF_OTHERS, OBJECT])
def test_a_wait_accepts_events_messages_and_objects(emulator: Any, put: Any, element: Any) -> None:
    assert put("conditional_wait_action", "multi_conditions", [emulator.encoded([element])]) == 200


@pytest.mark.parametrize(
    "element",
    [
        MESSAGE,
        EVENT_OF_OTHERS,
        {**OBJECT, "type_id": None},
        {**OBJECT, "operator": "equals"},
        {**OBJECT, "operator": "!!gt"},
        {"type": "segments_negatable", "segments": 7},
    ],
)
def test_a_branch_rejects_elements_of_a_wait(emulator: Any, put: Any, element: Any) -> None:
    assert put("conditional_branch_action", "conditions", emulator.encoded([element])) == 500


def test_a_message_element_needs_its_message(emulator: Any, put: Any) -> None:
    wrong = emulator.encoded([{"type": "message", "event": {"name": "output_7"}}])
    assert put("conditional_wait_action", "multi_conditions", [wrong]) == 500


@pytest.mark.parametrize(
    "element",
    [{**OBJECT, "operator": "!gt"}, {"type": "attribute", "attribute": "a", "operator": "exists"}],
)
def test_a_negated_operator_and_a_wrong_key_are_accepted(
    emulator: Any, put: Any, element: Any
) -> None:
    assert put("conditional_branch_action", "conditions", emulator.encoded([element])) == 200


@pytest.mark.parametrize(
    ("filters", "status"),
    [
        ({"attribute_compare": {"left": "a"}}, 200),
        ({"or": [{"field": "a", "operator": "gt", "value": "1"}, {"and": []}]}, 200),
        ({"and": [{"field": "a", "operator": "more", "value": "1"}]}, 422),
        ({"and": [7]}, 422),
    ],
)
def test_filters_of_an_event(emulator: Any, filters: Any, status: int) -> None:
    created = emulator.journeys.post("/campaigns", json={"campaign": {"name": "c", "type": "none"}})
    path = f"/campaigns/{created.json()['campaign']['id']}"
    fields = {"type": "transactional", "event": "e", "attribute_filters": filters}
    body = {"campaign": {"update_type": "recipients", **fields}}
    assert emulator.journeys.put(path, json=body).status_code == status


def test_event_counts_must_be_numbers(emulator: Any) -> None:
    def created(times: Any) -> int:
        event = {"type": "event", "name": "e", "filters": {}}
        leaf = {"event": event, "times": times, "within": 0, "inverse": False}
        fields = {"name": "s", "type": "dynamic", "conditions": {"and": [{"or": [leaf]}]}}
        return int(emulator.journeys.post("/segments", json={"segment": fields}).status_code)

    assert created("3") == 500
    assert created(3) == 200
