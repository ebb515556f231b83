"""A/B tests: making them of a message, and finding the messages they choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.errors import PlanError, RemoteError
from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.codec.actions import AB_TEST_ACTION_TYPE, expand_variants
from cioform.kinds.campaign.sync.requests import campaign_request, journeys_request
from cioform.kinds.campaign.sync.workflow_update import StepActions
from cioform.kinds.campaign.wire_types import WireAction
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation, ask


def sync_ab_tests(
    campaign_id: str,
    nodes: Sequence[Node],
    step_actions: StepActions,
    known_parts: Mapping[str, str],
) -> Conversation[StepActions]:
    """Make A/B tests of the messages that shall be ones, and give what is placed with the
    messages they choose from. `bound` tells which those were before."""
    tests = [node for node in nodes if "ab_test" in node.fields]
    new = [node for node in tests if step_actions.actions[node.id]["type"] != AB_TEST_ACTION_TYPE]
    every = step_actions.all_actions
    for node in new:
        yield from ask(_create_test_request(campaign_id, node, step_actions.parts[node.id]))
    if new:
        answer = yield from ask(campaign_request(campaign_id, _assumed_response(step_actions, new)))
        every = {str(action["id"]): action for action in answer["actions"]}
    parts = dict(step_actions.parts)
    for node in tests:
        parts |= _match_variants(node, every[parts[node.id]], known_parts)
    return StepActions(parts, {name: every[own_id] for name, own_id in parts.items()}, every)


def _create_test_request(campaign_id: str, node: Node, action_id: str) -> JsonValue:
    """Give the call that turns a message into a test of two (journeys facts, section 4)."""
    if len(node.fields["ab_test"]) != 2:
        raise PlanError.of(
            "A/B test of more than two",
            f"The step `{node.id}` chooses from {len(node.fields['ab_test'])} messages, and the "
            "API only makes tests of two. Write two of them and apply, add the others in "
            "Customer.io, then take them into the file:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
    body = {"campaign_id": str(campaign_id), "type": "randomized"}
    return journeys_request("POST", f"~/actions/{action_id}/test", body, {"actions": []})


def _match_variants(
    node: Node, action: WireAction, known_parts: Mapping[str, str]
) -> dict[str, str]:
    """Give the action of each variant: the bound one, the others in their order."""
    ids = [str(own_id) for own_id in action.get("action_ids") or ()]
    wanted = [str(variant["id"]) for variant in node.fields["ab_test"]]
    if action["type"] != AB_TEST_ACTION_TYPE:
        raise RemoteError.of(
            "A/B test not made",
            f"The step `{node.id}` should be an A/B test now, and is none. Look at the campaign "
            "in Customer.io, then plan again.",
        )
    if len(ids) != len(wanted):
        raise PlanError.of(
            "A/B test of another size",
            f"The A/B test `{node.id}` has {len(wanted)} messages in the file and {len(ids)} in "
            "Customer.io, and no API adds or removes them. Give the step another `id`, so that it "
            "is made anew; or do it there, then take it into the file:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
    paired = {name: known_parts[name] for name in wanted if known_parts.get(name) in ids}
    free = [own_id for own_id in ids if own_id not in paired.values()]
    return paired | dict(zip([name for name in wanted if name not in paired], free, strict=True))


def _assumed_response(step_actions: StepActions, new_tests: Sequence[Node]) -> dict[str, JsonValue]:
    """Give what a plan assumes to find: each new test with its messages."""
    every = {own_id: dict(action) for own_id, action in step_actions.all_actions.items()}
    for node in new_tests:
        action = every[step_actions.parts[node.id]]
        variants = list(expand_variants((node,)))[1:]
        for variant in variants:
            own_id, template = f"(id of {variant.id})", f"(template of {variant.id})"
            every[own_id] = {**action, "name": "", "id": own_id, "template_id": template}
        action |= {
            "type": AB_TEST_ACTION_TYPE,
            "action_ids": [f"(id of {variant.id})" for variant in variants],
        }
    return {"campaign": {}, "actions": list(every.values())}
