"""The live-data gate: what a service account may not write unless the workspace allows it."""

from cioform.emulator.domain.usage import campaigns_with_segment
from cioform.emulator.protocol.auth import Door
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.wire.errors import Refusal

LIVE = ("running", "stopping", "sunsetting")


def refuse_live_campaign(call: Call, campaign: Record | None) -> None:
    """403 when the campaign is running (journeys facts, 9.5)."""
    if campaign and campaign["state"] in LIVE and _gated(call):
        raise refusal(call, "edit a running campaign")


def refuse_live_segment(call: Call, number: int) -> None:
    """403 when a running campaign uses the segment (journeys facts, 3)."""
    if not _gated(call):
        return
    if any(each["state"] in LIVE for each in campaigns_with_segment(call, number)):
        raise refusal(call, "edit a segment used by a running campaign")


def refuse_live_template(call: Call, template: Record) -> None:
    """403 when the template belongs to a running campaign (journeys facts, 5)."""
    if template.get("campaign_id"):
        refuse_live_campaign(call, call.space.get(CAMPAIGN, template["campaign_id"]))


def refusal(call: Call, what: str) -> Refusal:
    """The 403 with the way to the switch."""
    link = f"https://fly.customer.io/workspaces/{call.workspace.environment_id}/settings/ai"
    return Refusal(
        403,
        f'not allowed to {what}: turn on "Allow agent to edit live data" at {link}',
        code="mcp_missing_write_live",
        meta={"settings_url": link},
    )


def _gated(call: Call) -> bool:
    return (
        call.rules.live_data_gate
        and call.caller.door is Door.SERVICE_ACCOUNT
        and not call.space.settings().get("edit_live_data", False)
    )
