"""The view of a promotion, for every output format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Diagnostic
from cioform.core.text.quantities import pluralize
from cioform.core.text.word_lists import join_first
from cioform.plan.change import Action
from cioform.plan.promotion import PromotedDocument, Promotion
from cioform.report.plan.drift import DifferencesView
from cioform.report.plan.parts.fields import DisplayOptions, view_fields
from cioform.report.plan.parts.items import ACTION_SIGNS, ACTION_TONES, ItemView
from cioform.report.plan.view import SectionView
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable

_MAX_LISTED: Final = 10


def view_promotion(promotion: Promotion, display: DisplayOptions) -> DifferencesView:
    """Return what is shown of a promotion."""
    return DifferencesView(
        headline=_headline(promotion),
        is_all_clear=not (promotion.documents or promotion.left),
        items=tuple(_view_document(each, display, promotion) for each in promotion.documents),
        sections=tuple(section for section in _sections(promotion) if section.items),
        next_commands=tuple(_next_commands(promotion)),
    )


def _headline(promotion: Promotion) -> str:
    source, target = promotion.source, promotion.target
    counts = [
        f"{number} to {action.value}"
        for action in (Action.CREATE, Action.UPDATE)
        if (number := sum(each.action is action for each in promotion.documents))
    ]
    if promotion.left:
        counts.append(f"{len(promotion.left)} cannot be promoted")
    if counts:
        return f"From {source} to {target}: {', '.join(counts)}"
    number = promotion.unchanged
    same = f" ({pluralize(number, 'document', 'documents')})" if number else ""
    return f"No differences. The files of {target} match those of {source}{same}."


def _view_document(
    document: PromotedDocument, display: DisplayOptions, promotion: Promotion
) -> ItemView:
    is_new = document.action is Action.CREATE
    return ItemView(
        ACTION_SIGNS[document.action],
        ACTION_TONES[document.action],
        str(document.address),
        f"only in {promotion.source}" if is_new else f"differs in {promotion.target}",
        fields=view_fields(document.action, document.fields, display),
        action=document.action.value,
    )


def _sections(promotion: Promotion) -> Iterator[SectionView]:
    left = tuple(map(_view_omitted, promotion.left))
    yield SectionView("Not promoted", "these documents need a decision first", left)
    folders = tuple(
        ItemView("·", Tone.WARNING, folder, join_first(addresses, _MAX_LISTED))
        for folder, addresses in promotion.not_included.items()
    )
    explanation = f"add these folders to `include` of {promotion.target} to have them there"
    yield SectionView("Not included", explanation, folders)
    only = (ItemView("·", Tone.DIM, str(address)) for address in promotion.only_in_target)
    explanation = f"{promotion.source} has none of these; they stay"
    yield SectionView(f"Only in {promotion.target}", explanation, tuple(only))
    if promotion.shared:
        item = ItemView("·", Tone.DIM, join_first(promotion.shared, _MAX_LISTED))
        explanation = "both workspaces include these files, so they need no promotion"
        yield SectionView("Shared", explanation, (item,))


def _view_omitted(problem: Diagnostic) -> ItemView:
    where = escape_unprintable(str(problem.location)) if problem.location else ""
    detail = f"{problem.summary}. {problem.detail}"
    return ItemView("!", Tone.ERROR, str(problem.address or where), where, detail=detail)


def _next_commands(promotion: Promotion) -> Iterator[str]:
    if promotion.documents:
        yield f"cioform promote {promotion.source} {promotion.target}"
