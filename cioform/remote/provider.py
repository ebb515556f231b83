"""The door to a workspace, as the floors above see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cioform.model.conversation import Api, Request, Response


class Provider(Protocol):
    """Sends requests and gives their answers.

    An answer is always a success: a refusal is raised as RemoteRefused or CredentialRefused, a
    write of unknown outcome as InDoubt. A paged list comes back as one answer, whole.
    """

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""

    @property
    def count(self) -> int:
        """How many requests were sent, each page and each retry counted, token exchanges not."""

    def send(self, request: Request) -> Response:
        """Send one request and give its answer."""

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send independent requests side by side, at most ten at once, and give the answers in
        the same order. After a failure no further one is begun; the ones begun are waited for,
        and the worst error is raised (InDoubt before any other)."""

    def close(self) -> None:
        """Hang up."""
