"""Sender's domain that mail servers distrust."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource

_DOMAIN: Final = lazy_pattern(r"@(?P<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)\s*>?\s*$", re.IGNORECASE)
_FREE_MAIL: Final = frozenset(
    {
        "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
        "live.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com",
        "web.de", "yahoo.com", "yandex.ru",
    }
)  # fmt: skip


class SenderDomain(ContentRule):
    """An e-mail from somebody else's domain fails DMARC and is refused or marked as spam.

    A `reply_to` at another domain looks like phishing. Subdomains of one domain belong together,
    and addresses with Liquid are not checked. A plan shows whether a domain is verified, because it
    can ask Customer.io.
    """

    id = "EM219"
    name = "Sender's domain that mail servers distrust"
    group = Group.EMAIL
    bad = "from: acme.shop@gmail.com, reply_to: help@acme-support.example"
    good = "from: shop@acme.example, reply_to: help@acme.example"

    def check_content(
        self, content: Content, _resource: Resource, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the addresses."""
        if content.channel != "email":
            return
        sender, reply = content.text("from"), content.text("reply_to")
        domain = "" if sender is None else _domain(sender.value)
        if sender is not None and domain in _FREE_MAIL:
            yield Hit(
                f"Only {domain} itself may send from its addresses; others are refused. Write an "
                "address of a domain of your own.",
                0,
                text=sender,
            )
        replies = "" if reply is None else _domain(reply.value)
        if reply is not None and domain and replies and _owner(replies) != _owner(domain):
            yield Hit(
                f"Replies go to {replies}, but the sender is at {domain}, which spam filters "
                "distrust. Write an address of the same domain.",
                0,
                text=reply,
            )


def _domain(address: str) -> str:
    """Return the domain of an address, also of `Jane <jane@acme.com>`; empty with Liquid in it."""
    found = _DOMAIN.search(address)
    return found["domain"].lower() if found and "{" not in address else ""


def _owner(domain: str) -> str:
    """Return the last two parts. Two owners below `co.uk` are taken for one, and not reported."""
    return ".".join(domain.split(".")[-2:])


RULE: Final = SenderDomain()
