"""A/B tests: making them of a message, and finding the messages they choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.errors import PlanRefused, RemoteRefused
from cioform.core.json_value import Plain
from cioform.kinds.campaign.codec.actions import SPLIT, with_variants
from cioform.kinds.campaign.steps import Action
from cioform.kinds.campaign.sync.requests import get_campaign, journeys
from cioform.kinds.campaign.sync.workflow_update import Placed
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation, ask


def settle_tests(
    campaign_id: str, nodes: Sequence[Node], placed: Placed, bound: Mapping[str, str]
) -> Conversation[Placed]:
    """Make A/B tests of the messages that shall be ones, and give what is placed with the
    messages they choose from. `bound` tells which those were before."""
    tests = [node for node in nodes if "ab_test" in node.fields]
    new = [node for node in tests if placed.actions[node.id]["type"] != SPLIT]
    every = placed.every
    for node in new:
        yield from ask(_make(campaign_id, node, placed.parts[node.id]))
    if new:
        answer = yield from ask(get_campaign(campaign_id, _expected(placed, new)))
        every = {str(action["id"]): action for action in answer["actions"]}
    parts = dict(placed.parts)
    for node in tests:
        parts |= _paired(node, every[parts[node.id]], bound)
    return Placed(parts, {name: every[own_id] for name, own_id in parts.items()}, every)


def _make(campaign_id: str, node: Node, own_id: str) -> Plain:
    """Give the call that turns a message into a test of two (journeys facts, section 4)."""
    if len(node.fields["ab_test"]) != 2:
        raise PlanRefused.of(
            "A/B test of more than two",
            f"The step `{node.id}` chooses from {len(node.fields['ab_test'])} messages, and the "
            "API only makes tests of two. Write two of them and apply, add the others in "
            "Customer.io, then take them into the file:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
    body = {"campaign_id": str(campaign_id), "type": "randomized"}
    return journeys("POST", f"~/actions/{own_id}/test", body, {"actions": []})


def _paired(node: Node, action: Action, bound: Mapping[str, str]) -> dict[str, str]:
    """Give the action of each variant: the bound one, the others in their order."""
    ids = [str(own_id) for own_id in action.get("action_ids") or ()]
    wanted = [str(variant["id"]) for variant in node.fields["ab_test"]]
    if action["type"] != SPLIT:
        raise RemoteRefused.of(
            "A/B test not made",
            f"The step `{node.id}` should be an A/B test now, and is none. Look at the campaign "
            "in Customer.io, then plan again.",
        )
    if len(ids) != len(wanted):
        raise PlanRefused.of(
            "A/B test of another size",
            f"The A/B test `{node.id}` has {len(wanted)} messages in the file and {len(ids)} in "
            "Customer.io, and no API adds or removes them. Give the step another `id`, so that it "
            "is made anew; or do it there, then take it into the file:\n\n"
            "    cioform import WORKSPACE --target ADDRESS --force",
        )
    paired = {name: bound[name] for name in wanted if bound.get(name) in ids}
    free = [own_id for own_id in ids if own_id not in paired.values()]
    return paired | dict(zip([name for name in wanted if name not in paired], free, strict=True))


def _expected(placed: Placed, new: Sequence[Node]) -> dict[str, Plain]:
    """Give what a plan assumes to find: each new test with its messages."""
    every = {own_id: dict(action) for own_id, action in placed.every.items()}
    for node in new:
        action = every[placed.parts[node.id]]
        variants = list(with_variants((node,)))[1:]
        for variant in variants:
            own_id, template = f"(id of {variant.id})", f"(template of {variant.id})"
            every[own_id] = {**action, "name": "", "id": own_id, "template_id": template}
        action |= {"type": SPLIT, "action_ids": [f"(id of {variant.id})" for variant in variants]}
    return {"campaign": {}, "actions": list(every.values())}
