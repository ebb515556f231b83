"""Data is checked against what messages need before anything is sent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from cioform import Workspace
from cioform.cli.app import run
from cioform.operate.bulk_import.records import BatchItem
from tests.support.command_line import CommandLine, CommandResult

SHOP = Path("workspaces/shop")
FILES = {
    "workspace.yaml": "format: 1\nendpoint: sandbox\n",
    "campaigns/welcome.yaml": """\
name: Welcome
trigger: {event: bought}
workflow:
  - id: hello
    sms: {body: "You saved {{ event.coupon.code }}"}
""",
    "campaigns/news.yaml": """\
name: News
trigger: {api: true}
workflow:
  - id: hello
    sms: {body: "{{ trigger.title }}"}
""",
    "transactional/receipt.yaml": """\
name: Receipt
trigger_name: RECEIPT
sms:
  body: Paid {{ trigger.total }}
  translations:
    de: {body: "{{ trigger.total }} {{ trigger.tax }}"}
""",
    "_data/events/viewed.yaml": "fields: {page: {type: string, required: true}}\n",
    "_data/customer.yaml": "fields: {plan: {type: string, required: true}, age: {type: number}}\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("project")
    for path, text in FILES.items():
        (root / SHOP / path).parent.mkdir(parents=True, exist_ok=True)
        (root / SHOP / path).write_text(text, encoding="utf-8")
    with chdir(root):
        assert run(("apply", "shop", "--auto-approve")) == 0
        assert run(("people", "identify", "shop", "u1")) == 0
        yield root


@contextmanager
def piped(text: str) -> Iterator[str]:
    """Yield the path of a pipe that has a text."""
    read, write = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: Path(f"/dev/fd/{write}").write_text(text, "utf-8"))
        pool.submit(os.close, write)
        yield f"/dev/fd/{read}"
        os.close(read)


@pytest.fixture
def cio(project: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    def command(*words: str) -> CommandResult:
        assert project.exists()
        capsys.readouterr()
        code = run(words)
        return CommandResult(code, *capsys.readouterr())

    return command


def test_an_event_that_a_message_would_fail_for_is_not_tracked(cio: CommandLine) -> None:
    done = cio("events", "track", "shop", "u1", "bought", "--data", '{"coupon": {}}')
    assert done.code == 3
    assert "workspaces/shop/campaigns/welcome.yaml:5:31" in done.err
    assert "The data would fail campaign.welcome: `event.coupon.code` is missing." in " ".join(
        done.err.split()
    )
    data = ("--data", '{"coupon": {"code": "X"}}')
    assert cio("events", "track", "shop", "u1", "bought", *data).code == 0
    assert cio("events", "track", "shop", "u1", "bought", "--no-contract").code == 0
    assert cio("events", "track", "shop", "u1", "other").code == 0


def test_an_event_has_to_be_as_declared(cio: CommandLine) -> None:
    done = cio("events", "track", "shop", "u1", "viewed", "--data", '{"page": [1]}')
    assert done.code == 3
    assert "_data/events/viewed.yaml:1\n" in done.err
    assert "`event.page` is a list, and is declared as a text" in " ".join(done.err.split())
    assert cio("events", "track", "shop", "u1", "viewed").code == 3


def test_a_file_is_checked_before_its_first_row_is_sent(cio: CommandLine, project: Path) -> None:
    rows = [
        {"id": "u1", "name": "bought", "data": {"coupon": {"code": "X"} if number % 3 else {}}}
        for number in range(1, 31)
    ]
    file = project / "events.ndjson"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    done = cio("events", "import", "shop", "events.ndjson")
    assert done.code == 3
    assert (
        "10 of 30 rows would fail campaign.welcome: `event.coupon.code` is missing. The first is "
        "in line 3. Nothing was sent."
    ) in " ".join(done.err.split())
    assert cio("events", "import", "shop", "events.ndjson", "--dry-run").code == 3
    assert cio("events", "import", "shop", "events.ndjson", "--no-contract").code == 0


def test_a_pipe_is_checked_batch_by_batch(cio: CommandLine) -> None:
    coupon, filling = {"code": "X"}, "x" * 30_000
    rows = [
        {"id": "u1", "name": "bought", "data": {"coupon": {} if n == 20 else coupon, "x": filling}}
        for n in range(1, 31)
    ]
    with piped("".join(f"{json.dumps(row)}\n" for row in rows)) as pipe:
        done = cio("events", "import", "shop", pipe)
    err = " ".join(done.err.split())
    assert done.code == 3
    assert (
        "1 of 14 rows would fail campaign.welcome: `event.coupon.code` is missing. The first is "
        in err
    )
    assert "in line 20. This batch was not sent." in err
    assert "Import stopped The lines before 17 were sent." in err
    with piped(json.dumps(rows[19])) as pipe:
        assert "Nothing was sent" in cio("events", "import", "shop", pipe, "--dry-run").err
    with piped(json.dumps(rows[19])) as pipe:
        done = cio("events", "import", "shop", pipe, "--no-contract")
    assert (done.code, done.out) == (0, "Imported into shop: 1 event.\n")


def test_a_file_is_not_read_where_nothing_is_needed(tmp_path: Path) -> None:
    """Else an import of events would read each file twice for nothing."""
    settings = tmp_path / SHOP / "workspace.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(FILES["workspace.yaml"], encoding="utf-8")
    with Workspace.open("shop", project=tmp_path) as opened:
        opened.data_checks.check_items(_unread(), is_batch=False)


def _unread() -> Iterator[tuple[int, BatchItem]]:
    yield from [pytest.fail("an item was read")]


def test_attributes_have_the_declared_types(cio: CommandLine) -> None:
    done = cio("people", "identify", "shop", "u1", "--attr", "age=old")
    assert done.code == 3
    assert (
        "The attributes do not fit the declaration of the attributes of people: `customer.age` is "
        "a text, and is declared as a number."
    ) in " ".join(done.err.split())
    assert cio("people", "identify", "shop", "u1", "--attr", "age=").code == 0
    with piped("id,age\nu1,42\nu2,old\n") as pipe:
        done = cio("people", "import", "shop", pipe, "--format", "csv")
    assert done.code == 3
    assert "1 of 2 rows does not fit the declaration" in " ".join(done.err.split())


def test_a_send_needs_the_data_of_its_message(cio: CommandLine) -> None:
    options = ("--to", "+15551234567", "--identifier", "id=u1")
    send = ("send", "sms", "shop", "transactional.receipt", *options)
    assert cio(*send).code == 3
    done = cio(*send, "--data", '{"total": 1}')
    assert "`trigger.tax` is missing" in done.err
    assert cio(*send, "--data", '{"total": 1}', "--language", "en").code == 0
    assert cio(*send, "--data", '{"total": 1, "tax": 2}').code == 0
    assert cio("send", "sms", "shop", "RECEIPT", *options).code == 3


def test_a_broadcast_is_checked_for_each_person(cio: CommandLine, project: Path) -> None:
    people = project / "people.ndjson"
    people.write_text('{"id": "u1", "data": {"title": "a"}}\n{"id": "u2"}\n', encoding="utf-8")
    trigger = ("broadcasts", "trigger", "shop", "News", "--yes")
    done = cio(*trigger, "--file", "people.ndjson")
    assert done.code == 3
    assert "1 of 2 rows would fail campaign.news: `trigger.title` is missing." in " ".join(
        done.err.split()
    )
    assert cio(*trigger, "--id", "u1").code == 3


def test_a_plan_says_what_a_changed_message_newly_needs(cio: CommandLine) -> None:
    file = SHOP / "campaigns/welcome.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("saved", "saved {{ event.total }}"), encoding="utf-8")
    plan = " ".join(cio("plan", "shop").out.split())
    file.write_text(text, encoding="utf-8")
    assert "campaign.welcome now needs `event.total`, which nothing declares." in plan
    assert "now needs `event.coupon" not in plan
