"""Sending domains on the Journeys API (journeys facts, 7)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import BOOLEAN, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import DOMAIN, IDENTITY, Record
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(domain=closed_object(domain=STRING), auto_tls=BOOLEAN)
CHECKS = ("verified", "verified_spf", "verified_dkim", "verified_domain", "verified_dmarc")


def list_all(request: Request) -> Response:
    """Return all domains, without their DNS records."""
    domains = [_serialize(request, each) for each in request.workspace_data.all(DOMAIN)]
    return Response({"domains": domains, "auto_tls_domains": []})


def read(request: Request) -> Response:
    """Return one domain with its DNS records."""
    return _with_records(request, request.get(DOMAIN))


def create(request: Request) -> Response:
    """Add a domain, which is not verified yet, and return the DNS records to set."""
    name = (request.body_object("domain").get("domain") or "").strip().lower()
    if "." not in name:
        raise unprocessable("domain is invalid", "/domain/domain")
    if any(each["domain"] == name for each in request.workspace_data.all(DOMAIN)):
        raise unprocessable("domain has already been taken", "/domain/domain")
    return _with_records(request, audit.create_record(request, DOMAIN, {"domain": name}))


def verify(request: Request) -> Response:
    """Verify a domain: there is no DNS here, so that its records count as set."""
    checks = dict.fromkeys(CHECKS, True)
    record = audit.update_record(request, DOMAIN, request.get(DOMAIN), checks)
    return Response({"domain": _serialize(request, record), "errors": {}, "warnings": {}})


def delete(request: Request) -> Response:
    """Delete a domain. Raises 409 if a sender is at it (safe reading)."""
    record = request.get(DOMAIN)
    senders = request.workspace_data.all(IDENTITY)
    if any(str(each["email"]).endswith("@" + record["domain"]) for each in senders):
        raise ApiError(409, "unable to delete a domain in use")
    audit.delete_record(request, DOMAIN, record)
    return NO_CONTENT


def _with_records(request: Request, record: Record) -> Response:
    return Response({"domain": _serialize(request, record), "domain_auth": _dns_records(record)})


def _serialize(request: Request, record: Record) -> dict[str, Any]:
    shown = {"id": record["id"], "domain": record["domain"]}
    if request.behavior.domains_show_verified:
        shown |= {name: record[name] for name in CHECKS}
    return shown


def _dns_records(record: Record) -> dict[str, Any]:
    """Return the DNS records of a domain, in the form of the response to a check of the DNS."""
    domain = record["domain"]
    expected = {
        f"MX {domain}": "10 mxa.mailgun.org",
        f"TXT {domain}": "v=spf1 include:mailgun.org ~all",
        f"TXT mailo._domainkey.{domain}": "k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB",
        f"TXT _dmarc.{domain}": "v=DMARC1; p=none",
    }
    records = [
        {"name": name, "passing": record["verified"], "expected": value}
        for name, value in expected.items()
    ]
    return {"records": records}


ROUTES = (
    journeys_route("GET", "/domains", list_all),
    journeys_route("POST", "/domains", create, SHAPE),
    journeys_route("GET", "/domains/<int:id>", read),
    journeys_route("DELETE", "/domains/<int:id>", delete),
    journeys_route("POST", "/domains/<int:id>/verify", verify),
)
