"""`cioform preview`: messages as people get them, as text, page and picture."""

from __future__ import annotations

import re
import shutil
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

WORKSPACE = Path("workspaces/demo")
BODY = (
    '<style>p { color: #123456 }</style><p>Hi {{ customer.first_name | default: "you" }},</p>'
    "{% for line in trigger.lines %}<p>{{ line.name }}: {{ line.price | currency: 'en', 'EUR' }}"
    '</p>{% endfor %}<img src="https://acme.com/a.png" alt="Logo" width="200" height="40">'
)


def write(name: str, text: str) -> None:
    path = WORKSPACE / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def receipt(cio: CommandLine) -> None:  # noqa: ARG001
    layout = "<h1>Acme</h1>{{ content }}{{ snippets.foot }}"
    write("layouts/base.yaml", f"name: base\nbody: '{layout}'\n")
    write("snippets/foot.yaml", "name: foot\nvalue: '<p>For {{ customer.email }}</p>'\n")
    write("senders/bills.yaml", "name: Acme Bills\nemail: bills@acme.com\n")
    write("transactional/bill.html", BODY)
    write(
        "transactional/bill.yaml",
        "name: bill\nemail:\n  subject: 'Receipt {{ trigger.number }}'\n  preheader: Thank you\n"
        "  from: bills@acme.com\n"
        "  layout: base\n  body: {file: bill.html}\n  translations:\n    de: {subject: Beleg, "
        "body: 'Hallo {{ customer.first_name }}'}\n",
    )


@pytest.mark.usefixtures("receipt")
def test_five_people_as_text(cio: CommandLine) -> None:
    done = cio("preview", "demo", "transactional.bill")
    assert done.code == 0, done.err
    default, german = done.out.split("transactional.bill (de)")
    assert "Subject: Receipt A-1042\n    Preheader: Thank you\n" in default
    assert "Hi Anna," in default
    assert "Hi you," in default
    assert "Name 1: €29.50" in default
    assert "For anna.berg@example.com" in default
    assert "Hi نور," in default
    assert "  blank - only ID and e-mail address are known\n    Not sent: Variable " in german
    assert "'customer.first_name' is missing (body, line 1, column " in german
    assert "<h1>" not in german.split("Hallo Anna")[0]
    assert "Rendered by LiquidJS 10.30.1, css-inline " in done.out


@pytest.mark.usefixtures("receipt")
def test_the_page_loads_nothing_and_runs_nothing(cio: CommandLine) -> None:
    script = '<script>alert(1)</script><a href="https://a.io">x</a>'
    write("snippets/foot.yaml", f"name: foot\nvalue: '{script}'\n")
    done = cio("preview", "demo", "transactional.bill", "--html", "p.html")
    assert done.out == "Wrote p.html.\n"
    page = Path("p.html").read_text("utf-8")
    frames = re.findall(r'<iframe sandbox="" [^>]*srcdoc="([^"]*)"', page)
    assert len(frames) == page.count("<iframe") == len(re.findall('width="(600|375)"', page)) > 8
    outside = re.sub('srcdoc="[^"]*"', "", page)
    assert "<script" not in outside
    assert not re.search(r"https?://|url\(", outside)
    assert "default-src 'none'" in outside
    for document in map(unescape, frames):
        assert "default-src 'none'" in document.split("<script")[0]
        assert '<base target="_blank">' in document
        assert not re.search('src="(?!data:)', document)
    assert '<p style="color: #123456;">Hi Anna,</p>' in unescape(frames[0])


@pytest.mark.usefixtures("receipt")
def test_people_of_a_file_and_of_the_workspace(cio: CommandLine) -> None:
    Path("ada.yaml").write_text("customer: {first_name: Ada}\ntrigger: {number: 7, lines: []}\n")
    assert (
        cio(
            "people",
            "identify",
            "demo",
            "u7",
            "--attr",
            "first_name=Grace",
            "--attr",
            "email=g@acme.com",
        ).code
        == 0
    )
    done = cio(
        *("preview", "demo", "transactional.bill", "--person", "ada.yaml", "--person", "u7"),
        *("--person", "typical"),
    )
    assert "For g@acme.com" in done.out
    assert "  ada.yaml - data of the file; the rest is made up" in done.out
    assert "Subject: Receipt 7" in done.out
    assert [name for name in ("Ada", "Grace", "Anna") if f"Hi {name}," in done.out] == [
        "Ada", "Grace", "Anna",
    ]  # fmt: skip


@pytest.mark.usefixtures("receipt")
def test_before_and_after_a_change(cio: CommandLine) -> None:
    assert cio("apply", "demo", "--auto-approve").code == 0
    write("snippets/foot.yaml", "name: foot\nvalue: New foot\n")
    wanted = ("preview", "demo", "transactional.bill", "--person", "typical")
    done = cio(*wanted, "--before-after")
    assert done.code == 0, done.err
    before, after = done.out.split("typical, after the change")[:2]
    assert "For anna.berg@example.com" in before
    assert "New foot" in after
    live = cio(*wanted, "--live").out
    assert "New foot" not in live
    assert live.count("From: Acme Bills <bills@acme.com>") == 2


@pytest.mark.usefixtures("receipt")
def test_before_a_change_a_message_has_the_layout_of_the_workspace(cio: CommandLine) -> None:
    assert cio("apply", "demo", "--auto-approve").code == 0
    write("layouts/other.yaml", "name: other\nbody: '<h1>Other</h1>{{ content }}'\n")
    document = WORKSPACE / "transactional/bill.yaml"
    document.write_text(document.read_text().replace("layout: base", "layout: other"))
    wanted = ("preview", "demo", "transactional.bill", "--person", "typical")
    before, after = cio(*wanted, "--before-after").out.split("typical, after the change")[:2]
    assert "Acme" in before
    assert "Other" not in before
    assert "Other" in after


def test_a_phone_shows_push_and_text_messages(cio: CommandLine) -> None:
    write(
        "transactional/ping.yaml", "name: ping\npush: {title: Hi, body: 'It is {{ trigger.x }}'}\n"
    )
    write("transactional/code.yaml", "name: code\nsms: {body: 'Your code: {{ trigger.code }} €'}\n")
    for name, shown in (("ping", "It is X"), ("code", "19 characters, 1 part")):
        assert cio("preview", "demo", f"transactional.{name}", "--html", "p.html").code == 0
        page = Path("p.html").read_text("utf-8")
        assert shown in page
        assert page.count('<figure class="phone dark">') == page.count("<details")


def test_mjml_becomes_html(cio: CommandLine) -> None:
    mjml = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ customer.first_name }}</mj-text>"
        "</mj-column></mj-section></mj-body></mjml>"
    )
    write("transactional/m.yaml", f"name: m\nemail: {{subject: x, body: '{mjml}'}}\n")
    done = cio("preview", "demo", "transactional.m", "--person", "typical")
    assert "Hi Anna" in done.out
    assert "MJML (mjml-python 1." in done.out
    write("transactional/m.yaml", "name: m\nemail: {subject: x, body: '<mjml><mj-body>'}\n")
    done = cio("preview", "demo", "transactional.m", "--person", "typical")
    assert "Not sent: The body cannot be converted to HTML: " in done.out


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("layout.base",), "layout.base sends no messages. Preview what uses it, such as transac"),
        (("transactional.bil",), "Did you mean `transactional.bill`"),
        (("transactional.bill", "--live", "--before-after"), "Remove `--live`."),
        (("transactional.bill", "--person", "none.yaml"), "none.yaml"),
        (
            ("transactional.bill", "--person", "bad.yaml"),
            "bad.yaml has `custmer`, but",
        ),
        (("transactional.bill", "--person", "worse.json"), "worse.json, line 1 is not valid"),
        (("transactional.bill", "--person", "list.json"), "list.json must be an object"),
        (("transactional.bill", "--live"), "The workspace has no object for"),
        (("transactional.bill", "--html", "no/such/folder/p.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_previewed(
    cio: CommandLine, arguments: tuple[str, ...], message: str
) -> None:
    Path("bad.yaml").write_text("custmer: {}\n")
    Path("worse.json").write_text("{")
    Path("list.json").write_text("[1]")
    done = cio("preview", "demo", *arguments)
    assert done.code == 64, done.out
    assert message in " ".join(done.err.split())


@pytest.mark.usefixtures("receipt")
def test_without_the_extra(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "quickjs", None)
    monkeypatch.delitem(sys.modules, "cioform.emulator.liquid.liquidjs", raising=False)
    done = cio("preview", "demo", "transactional.bill")
    assert done.code == 64
    assert "pip install 'cioform[preview]'" in done.err


@pytest.mark.usefixtures("receipt")
def test_a_picture_needs_a_browser(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    done = cio("preview", "demo", "transactional.bill", "--png", "p.png")
    assert done.code == 64
    assert "Chromium, Chrome or Edge" in done.err


def test_the_typical_person_has_the_declared_samples(cio: CommandLine) -> None:
    write("transactional/hi.yaml", "name: hi\nsms: {body: 'Hi {{ customer.first_name }}'}\n")
    write("_data/customer.yaml", "fields: {first_name: {type: string, sample: Zoë}}\n")
    done = cio("preview", "demo", "transactional.hi", "--person", "typical")
    assert "Hi Zoë\n" in done.out


def test_an_address_that_legacy_renders(cio: CommandLine) -> None:
    body = "{{ 1700000000 | timezone: 'Europe/Berlin' | date: '%H:%M' }}"
    for name in ("old", "new"):
        write(
            f"transactional/{name}.yaml", f'name: {name}\nemail: {{subject: x, body: "{body}"}}\n'
        )
    settings = WORKSPACE / "workspace.yaml"
    settings.write_text(settings.read_text("utf-8") + "lint: {legacy: ['transactional.o*']}\n")
    done = cio("preview", "demo", "transactional.old", "--person", "typical")
    assert "    23:13\n" in done.out
    assert "python-liquid" in done.out
    failed = cio("preview", "demo", "transactional.new", "--person", "typical")
    assert "Not sent: Unknown filter 'timezone' (body, line 1, column 1)" in failed.out
    found = cio("lint", "demo", "--json").json["findings"]
    named = {each["address"] for each in found if each["rule"] == "LQ003"}
    assert named == {"transactional.new"}


def test_dark_styles_of_a_mail_are_used(cio: CommandLine) -> None:
    style = "@media (prefers-color-scheme: dark) { p { color: #fff } }"
    write(
        "transactional/dark.yaml",
        f'name: dark\nemail: {{subject: x, body: "<style>{style}</style><p>Hi</p>"}}\n',
    )
    wanted = ("preview", "demo", "transactional.dark", "--person", "typical", "--html", "p.html")
    assert cio(*wanted).code == 0
    page = Path("p.html").read_text("utf-8")
    assert page.count("@media (min-width:0)") == page.count("@media (max-width:0)") == 2
    assert "inverted" not in page


BROWSER = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in --screenshot=*) echo picture > "${argument#--screenshot=}";; esac
done
"""


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize(
    ("script", "code", "shown"),
    [(BROWSER, 0, "Wrote p.png.\n"), ("#!/bin/sh\n", 64, "did not take the picture")],
)
def test_a_browser_takes_the_picture(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, script: str, code: int, shown: str
) -> None:
    browser = Path("browser").resolve()
    browser.write_text(script)
    browser.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name: str(browser))
    done = cio("preview", "demo", "transactional.bill", "--person", "typical", "--png", "p.png")
    assert done.code == code
    assert shown in done.out + " ".join(done.err.split())
    assert Path("p.png").exists() is (code == 0)
