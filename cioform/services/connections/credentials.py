"""Restrict the credentials that a command may use."""

from __future__ import annotations

from dataclasses import replace

from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.endpoints import Credentials


def restrict_credentials(credentials: Credentials, apis: frozenset[Api] | None) -> Credentials:
    """Return the credentials for `apis`; all of them where it is None.

    The Track credential always stays: it changes people and events, which no plan contains.
    """
    if apis is None:
        return credentials
    if Api.APP not in apis:
        credentials = replace(credentials, app_api_key=None)
    if Api.JOURNEYS not in apis:
        credentials = replace(credentials, service_account_token=None)
    return credentials
