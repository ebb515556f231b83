"""The rows of a changed field as HTML.

Plans have many thousands of these rows, so they are put together here and not by the template.
The texts of a field have no invisible characters; here their markup is escaped.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from cioform.core.text.quantities import pluralize
from cioform.report.page.side_by_side import Pieces, Row, side_by_side
from cioform.report.plan.parts.fields import FieldView
from cioform.report.values import escape_unprintable

_NONE = '<td class="none"></td>'


def field_rows(field: FieldView) -> Markup:
    """Return the body of a table for one field."""
    conflict = ' class="conflict"' if field.is_conflict else ""
    note = ""
    if field.note:
        note = f' <span class="note">{escape(escape_unprintable(field.note))}</span>'
    hidden = ""
    if field.hidden:
        more = pluralize(field.hidden, "more line", "more lines")
        hidden = f'<tr class="hunk"><td colspan="2">{more}; use --full to show them</td></tr>\n'
    rows = "".join(map(_row, side_by_side(field)))
    return Markup(
        f'<tbody{conflict}>\n<tr class="path"><th colspan="2" scope="rowgroup">'
        f"<code>{escape(field.path)}</code>{note}</th></tr>\n{rows}{hidden}</tbody>\n"
    )


def _row(row: Row) -> str:
    if row.hunk:
        return f'<tr class="hunk"><td colspan="2">{escape(row.hunk)}</td></tr>\n'
    if row.is_same:
        text = "".join(str(escape(text)) for _, text in row.after or ())
        return f"<tr><td>{text}</td><td>{text}</td></tr>\n"
    before = _NONE if row.before is None else f'<td class="old">{_pieces(row.before, "del")}</td>'
    after = _NONE if row.after is None else f'<td class="new">{_pieces(row.after, "ins")}</td>'
    return f"<tr>{before}{after}</tr>\n"


def _pieces(pieces: Pieces, tag: str) -> str:
    return "".join(
        f"<{tag}>{escape(text)}</{tag}>" if differs else str(escape(text))
        for differs, text in pieces
    )
