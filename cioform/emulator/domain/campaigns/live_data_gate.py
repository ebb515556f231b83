"""The live-data gate: service accounts may not write live data unless the workspace allows it."""

from cioform.emulator.domain.campaigns.usage import campaigns_with_segment
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.wire.errors import ApiError

LIVE_STATES = ("running", "stopping", "sunsetting")


def check_campaign_not_live(request: Request, campaign: Record | None) -> None:
    """Raise 403 if the campaign is running (journeys facts, 9.5)."""
    if campaign and campaign["state"] in LIVE_STATES and _gate_applies(request):
        raise forbidden(request, "edit a running campaign")


def check_segment_not_live(request: Request, number: int) -> None:
    """Raise 403 if a running campaign uses the segment (journeys facts, 3)."""
    if not _gate_applies(request):
        return
    if any(each["state"] in LIVE_STATES for each in campaigns_with_segment(request, number)):
        raise forbidden(request, "edit a segment used by a running campaign")


def check_template_not_live(request: Request, template: Record) -> None:
    """Raise 403 if the template belongs to a running campaign (journeys facts, 5)."""
    if template.get("campaign_id"):
        campaign = request.workspace_data.get(CAMPAIGN, template["campaign_id"])
        check_campaign_not_live(request, campaign)


def forbidden(request: Request, operation: str) -> ApiError:
    """Return the 403 error, with a link to the setting that allows the operation."""
    url = f"https://fly.customer.io/workspaces/{request.workspace.environment_id}/settings/ai"
    return ApiError(
        403,
        f'not allowed to {operation}: turn on "Allow agent to edit live data" at {url}',
        code="mcp_missing_write_live",
        meta={"settings_url": url},
    )


def _gate_applies(request: Request) -> bool:
    return (
        request.behavior.live_data_gate
        and request.caller.auth_method is AuthMethod.SERVICE_ACCOUNT
        and not request.workspace_data.settings().get("edit_live_data", False)
    )
