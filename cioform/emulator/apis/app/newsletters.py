"""Newsletters on the App API: there are none here, and the lists say so (app facts, 4.4)."""

from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import app
from cioform.emulator.wire.errors import not_found

NUMBERED = (
    "",
    "/contents",
    "/messages",
    "/metrics",
    "/metrics/links",
    "/test_groups",
)


def list_all(call: Call) -> Reply:
    """None."""
    del call
    return Reply({"newsletters": [], "next": ""})


def read(call: Call) -> Reply:
    """404: there is none to read."""
    del call
    raise not_found("newsletter")


ROUTES = (
    app("GET", "/newsletters", list_all, query=("limit", "sort", "start")),
    *(app("GET", f"/newsletters/<int:id>{rest}", read) for rest in NUMBERED),
)
