"""Which credentials a command may use."""

from __future__ import annotations

from dataclasses import replace

from cioform.model.conversation import Api
from cioform.model.endpoints import Credentials


def restrict_credentials(credentials: Credentials, apis: frozenset[Api] | None) -> Credentials:
    """Give the credentials of some APIs; of all where `apis` is None."""
    if apis is None:
        return credentials
    if Api.APP not in apis:
        credentials = replace(credentials, app_api_key=None)
    if Api.JOURNEYS not in apis:
        credentials = replace(credentials, service_account_token=None)
    return credentials
