"""Diagnostics, outcomes, documents and JSON answers."""

import json
from pathlib import PurePosixPath

import pytest
import yaml

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Json
from cioform.core.diagnostic import Diagnostic, Location, Severity
from cioform.plan.change import Action, Drift, Editor, FieldChange
from cioform.plan.drift import DriftReport
from cioform.report.diagnostics import render_diagnostics
from cioform.report.json_output import diagnostics_json, drift_json, outcome_json, to_json_value
from cioform.report.plan.outcome import view_outcome
from cioform.report.plan.text import render_outcome
from cioform.report.yaml_document import to_yaml
from cioform.run.events import ChangeResult, ChangeStatus, Outcome

FOOTER = Address("snippet", "footer")
PLACE = Location("workspaces/acme/snippets/footer.yaml", 12, 3)
WRONG = Diagnostic(
    "Unknown field",
    "The field `valeu` does not exist, and so the whole document cannot be understood as it "
    "stands. Did you mean `value`? See:\n\n    cioform kinds      snippet",
    FOOTER,
    PLACE,
)


def test_a_diagnostic_has_a_summary_a_location_and_a_hint() -> None:
    assert render_diagnostics([WRONG]) == (
        "error: Unknown field\n"
        "  snippet.footer\n"
        "  workspaces/acme/snippets/footer.yaml:12\n"
        "  The field `valeu` does not exist, and so the whole document cannot be understood as it\n"
        "  stands. Did you mean `value`? See:\n"
        "\n"
        "      cioform kinds      snippet\n"
    )


def test_diagnostics_are_separated_by_an_empty_line() -> None:
    mild = Diagnostic("Odd", "It is odd.", severity=Severity.WARNING)
    assert render_diagnostics([mild, mild]) == (
        "warning: Odd\n  It is odd.\n\nwarning: Odd\n  It is odd.\n"
    )
    assert render_diagnostics([]) == ""


def test_a_diagnostic_cannot_control_the_terminal() -> None:
    assert "\x1b" not in render_diagnostics([Diagnostic("No", "Customer.io said: \x1b[2J.")])


def test_a_successful_run_is_one_line() -> None:
    outcome = Outcome("r1", (ChangeResult(FOOTER, Action.CREATE, ChangeStatus.DONE),), requests=1)
    assert render_outcome(view_outcome("acme", outcome)) == (
        "Applied to acme: 1 created. 1 request; run r1\n"
    )


def test_a_failed_run_says_what_failed_and_what_to_do() -> None:
    no = Diagnostic("Refused by Customer.io", "The name is taken.", FOOTER)
    outcome = Outcome(
        "r1",
        (
            ChangeResult(FOOTER, Action.CREATE, ChangeStatus.FAILED, (no,)),
            ChangeResult(Address("campaign", "a"), Action.UPDATE, ChangeStatus.SKIPPED),
            ChangeResult(Address("campaign", "b"), Action.UPDATE, ChangeStatus.DONE),
        ),
        requests=1200,
    )
    assert render_outcome(view_outcome("acme", outcome)) == (
        "  ✗ snippet.footer  failed\n"
        "      Refused by Customer.io\n"
        "      The name is taken.\n"
        "\n"
        "  · campaign.a  skipped\n"
        "\n"
        "Partly applied to acme: 1 updated; 1 failed, 1 skipped. 1,200 requests; run r1\n"
        "  not done: snippet.footer and campaign.a\n"
        "  done: campaign.b\n"
        "\n"
        "Next:\n"
        "    cioform apply acme\n"
    )


def test_a_run_as_json() -> None:
    outcome = Outcome(
        "r1", (ChangeResult(FOOTER, Action.CREATE, ChangeStatus.OUTCOME_UNKNOWN, (WRONG,)),)
    )
    answer = json.loads(outcome_json("acme", outcome))
    assert (answer["format"], answer["complete"]) == (1, False)
    assert answer["results"][0]["status"] == "in doubt"
    assert answer["results"][0]["diagnostics"][0]["line"] == 12


def test_drift_as_json_has_the_editor_and_the_path() -> None:
    drift = Drift(FOOTER, "f", (FieldChange(("value",), "a", "b"),), editor=Editor("j@a.com", 1))
    (item,) = json.loads(drift_json("acme", DriftReport((drift,), (), (), 1)))["drift"]
    assert item["address"] == "snippet.footer"
    assert item["editor"] == {"who": "j@a.com", "at": 1, "source": ""}
    assert item["fields"][0]["path"] == ["value"]


def test_diagnostics_as_json_are_flat() -> None:
    (item,) = json.loads(diagnostics_json([WRONG]))["diagnostics"]
    assert item["file"] == "workspaces/acme/snippets/footer.yaml"
    assert (item["line"], item["column"], item["severity"]) == (12, 3, "error")


def test_every_value_is_converted_to_json() -> None:
    value = {"a": (UNKNOWN, PurePosixPath("x/y")), "b": frozenset({"2", "1"})}
    assert to_json_value(value) == {"a": [str(UNKNOWN), "x/y"], "b": ["1", "2"]}


@pytest.mark.parametrize(
    "document",
    [
        {"name": "footer", "value": "<p>a</p>\n<p>b: {{ x }}</p>\n"},
        {"b": "yes", "a": ["12:30", 1, None, True, {"x": "1"}], "e": "é 👋", "long": "word " * 90},
        {"odd": "  lead\ntrail  \n\n", "tab": "\ta\n\tb"},
    ],
)
def test_yaml_round_trips(document: Json) -> None:
    assert yaml.safe_load(to_yaml(document)) == document


def test_yaml_shows_text_unescaped() -> None:
    assert to_yaml({"value": "<p>\nb", "list": [1]}) == "value: |-\n  <p>\n  b\nlist:\n  - 1\n"
