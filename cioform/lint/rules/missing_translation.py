"""Translation that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import as_mapping
from cioform.core.text.word_lists import join_names
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject

_TRANSLATED: Final = frozenset({"email", "push", "sms", "whatsapp", "in_app", "inbox"})


class MissingTranslation(Rule):
    """People whose language is missing get the message in the default language.

    Messages of one campaign should have the same languages.
    """

    id = "LC401"
    name = "Translation that is missing"
    group = Group.LANGUAGE
    bad = "two e-mails of a campaign, one with `es`, one without"
    good = "both e-mails with `es`"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the messages that lack a language of their campaign."""
        for address in sorted(subject.resources):
            messages = [c for c in subject.contents_of(address) if "translations" in c.fields]
            plain = [
                c
                for c in subject.contents_of(address)
                if not c.language and c.channel in _TRANSLATED
            ]
            languages = {code for c in messages for code in as_mapping(c.fields["translations"])}
            for content in plain if languages else ():
                missing = sorted(languages - as_mapping(content.fields.get("translations")).keys())
                if missing:
                    shown = join_names(missing)
                    yield self.finding(
                        subject.resources[address],
                        Hit(
                            f"Other messages here have {shown}, but this one does not, so people "
                            "get it in the default language. Add the translation."
                        ),
                        content,
                    )


RULE: Final = MissingTranslation()
