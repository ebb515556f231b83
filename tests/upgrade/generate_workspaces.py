# ruff: noqa
"""Generate workspaces of file format 0, apply them, and pack files, states and sandbox.

Run it with the last version of format 0 (commit 8e57056); today's cannot read what it writes:

    python generate_workspaces.py FOLDER ARCHIVE COUNT
    python generate_workspaces.py FOLDER ARCHIVE samples

The second command packs the sample workspaces of that commit; run it in the root of its checkout.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Any

from cioform.core.errors import CioformError
from cioform.model.remote_access.limits import Guards
from cioform.services.workspace import open_workspace

SENDER = "team@acme.com"
NO_GUARDS = Guards(
    allow_delete=True, allow_live=True, allow_replace=True, max_deletes=None, max_percent=100
)
TEXTS = [
    "Welcome",
    "Your project waits",
    "Hi {{customer.first_name}}, how are you?",
    "Yes: today",
    "Two minutes, not more",
    "007",
    "off",
    "3.10",
    'it\'s "new"',
    "ümläut",
    "a # b",
    "12:30",
]
BODIES = [
    "<p>Hello</p>",
    "<p>Hello</p>\n<p>Bye, {{customer.name}}</p>\n",
    "Short",
    "line\n\n  indented\n",
]
DURATIONS = ["30m", "2h", "1d", "1d12h", "7d", "2w"]
ZONES = ["Africa/Cairo", "Europe/Berlin", "America/New_York"]


class Generator:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.count = 0
        self.emails: list[str] = []

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.rng.random() < chance

    def text(self) -> str:
        return self.pick(*TEXTS)

    # Conditions.

    def attribute(self, head: str = "attribute", single: bool = False) -> dict[str, Any]:
        leaf: dict[str, Any] = {head: self.pick("plan", "country", "seats", "created_at")}
        if head == "object_attribute" or head == "relationship_attribute":
            leaf["of"] = self.pick("object_type#1", "object_type#2")
        operators = [
            {"is": "trial"}, {"is": ["DE", "AT"]}, {"is_not": "admin"}, {"exists": self.maybe()},
            {"contains": "news"}, {"not_contains": "@acme.com"}, {"greater_than": 6},
            {"less_than": 3}, {"between": [18, 25]}, {"before": "2026-07-01"},
            {"after": "2026-01-01T09:00:00Z"}, {"within_last": self.pick(*DURATIONS)},
            {"older_than": self.pick(*DURATIONS)}, {"is": True}, {"is": "3.10"},
        ]  # fmt: skip
        if single:  # a branch does not take alternatives
            operators = [
                each
                for each in operators
                if each not in ({"is": ["DE", "AT"]}, {"between": [18, 25]})
            ]
        return leaf | self.pick(*operators)

    def segment_condition(self, depth: int = 2) -> dict[str, Any]:
        if depth and self.maybe(0.4):
            inner = [self.segment_condition(depth - 1) for _ in range(self.rng.randint(2, 3))]
            return {self.pick("all", "any"): inner}
        kind = self.rng.randrange(5)
        if kind == 0:
            leaf: dict[str, Any] = {"event": self.pick("order_placed", "logged_in")}
            if self.maybe():
                leaf["at_least"] = self.rng.randint(2, 5)
            if self.maybe():
                leaf["within"] = self.pick(*DURATIONS)
            if self.maybe(0.4):
                leaf["where"] = self.pick(
                    {"attribute": "total", "greater_than": 50},
                    {"attribute": "paid_at", "within_last": "3d"},
                    {
                        "all": [
                            {"attribute": "total", "less_than": 9},
                            {"attribute": "cur", "is": "EUR"},
                        ]
                    },
                )
            return leaf
        if kind == 1:
            return {"segment": "segment.base"}
        if kind == 2:
            return {"not": self.attribute()}
        leaf = self.attribute()
        if self.maybe(0.25) and "exists" not in leaf:
            leaf["from"] = "any"
        return leaf

    def branch_condition(self, event: bool) -> dict[str, Any]:
        leaves = [
            self.attribute(single=True), {"segment": self.pick("segment.base", "segment.other")},
            {"not": {"segment": "segment.base"}}, self.attribute("device_attribute", True),
            self.attribute("object_attribute", True), self.attribute("relationship_attribute", True),
        ]  # fmt: skip
        if event:
            leaves.append(self.attribute("event_attribute", True))
        if self.maybe(0.3):
            return {"all": self.rng.sample(leaves, 2)}
        return self.pick(*leaves)

    def wait_condition(self, event: bool) -> dict[str, Any]:
        leaves = [self.branch_condition(event), {"event": "purchased"}]
        if event:
            same = {"attribute": "order_id", "is": {"event_attribute": "order_id"}}
            other = {"attribute": "id", "is": {"event_attribute": "order_id"}}
            leaves.append({"event": "paid", "where": self.pick(same, other)})
        else:
            leaves.append({"event": "paid", "where": {"attribute": "total", "greater_than": 3}})
        if self.emails:
            leaves.append({self.pick("opened", "clicked"): self.pick(*self.emails)})
        chosen = self.rng.sample(leaves, self.rng.randint(1, 2))
        return chosen[0] if len(chosen) == 1 else {"any": chosen}

    # Steps.

    def id(self, name: str) -> str:
        self.count += 1
        return f"{name}_{self.count}x"

    def named(self, keyword: str, step: dict[str, Any], chance: float) -> dict[str, Any]:
        head: dict[str, Any] = {}
        if self.maybe(chance):
            head["id"] = self.id(keyword)
        if self.maybe(0.3):
            head["name"] = self.pick(
                "A step", "What next?", (head.get("id") or "x").replace("_", " ")
            )
        return head | step

    def message(self, types: list[str] | None = None) -> dict[str, Any]:
        keyword = self.pick(
            *(types or ["email", "email", "push", "sms", "whatsapp", "in_app", "slack", "webhook"])
        )
        block: dict[str, Any] = {
            "email": lambda: {"subject": self.text(), "body": self.pick(*BODIES)},
            "push": lambda: {"title": self.text(), "body": self.text()},
            "sms": lambda: {"body": self.text()},
            "whatsapp": lambda: {"body": self.text()},
            "in_app": lambda: {"content": {"title": self.text(), "position": "top"}},
            "slack": lambda: {"body": self.text()},
            "webhook": lambda: {
                "url": "https://example.com/hook",
                "body": '{"a": "{{customer.id}}"}',
            },
        }[keyword]()
        optional = {
            "email": {"from": SENDER, "layout": self.pick("layout.main", "none"), "preheader": self.text(),
                      "recipient": "{{customer.work_email}}", "headers": {"X-Acme": "a, b", "X-Two": "2"},
                      "reply_to": self.pick(SENDER, "none")},
            "push": {"link": "acme://projects/new"},
            "sms": {"recipient": "{{customer.mobile}}"},
            "whatsapp": {"recipient": "{{customer.whatsapp}}"},
            "in_app": {},
            "slack": {"recipient": "#sales"},
            "webhook": {"headers": {"X-A": "b"}, "method": self.pick("put", "post")},
        }[keyword]  # fmt: skip
        for name, value in optional.items():
            if self.maybe(0.4):
                block[name] = value
        if self.maybe(0.6):
            block["sending"] = self.pick("draft", "automatic", "off")
        items = list(block.items())
        self.rng.shuffle(items)
        return {keyword: dict(items)}

    def steps(self, depth: int, event: bool, main: bool = True) -> list[dict[str, Any]]:
        return [self.step(depth, event) for _ in range(self.rng.randint(1, 5 if main else 2))]

    def step(self, depth: int, event: bool) -> dict[str, Any]:
        choices = ["message", "message", "message", "wait", "window", "spread", "set", "send",
                   "segment", "query", "batch", "ab"]  # fmt: skip
        if depth:
            choices += ["if", "if", "branches", "random", "until", "until"]
        kind = self.pick(*choices)
        if kind == "message":
            message = self.message()
            step = self.named("message", message, 1.0)
            if "email" in step:
                self.emails.append(step["id"])
            return step
        if kind == "wait":
            return self.named("pause", {"wait": self.pick(*DURATIONS)}, 0.5)
        if kind == "window":
            window: dict[str, Any] = {"from": "09:00", "to": self.pick("17:30", "21:00")}
            if self.maybe():
                window["days"] = ["mon", "tue", "wed"]
            if self.maybe():
                window |= {"zone": "person", "fallback": self.pick(*ZONES)}
            else:
                window["zone"] = self.pick(*ZONES)
            return self.named("hours", {"wait_window": window}, 0.5)
        if kind == "spread":
            return self.named(
                "spread", {"wait_random": {"min": "5m", "max": self.pick("2h", "2d")}}, 0.5
            )
        if kind == "set":
            step = {"set_attributes": {self.pick("stage", "seen"): self.pick("done", True, 3)}}
            return self.named("set", step, 0.5)
        if kind == "send":
            return self.named("tell", {"create_event": self.pick("finished", "stage_two")}, 0.5)
        if kind == "segment":
            step = {"update_segment": {self.pick("add", "remove"): "segment.hand"}}
            return self.named("group", step, 0.5)
        if kind == "query":
            return self.named(
                "look", {"query_collection": {"collection_id": 7, "filters": []}}, 0.5
            )
        if kind == "batch":
            return self.named("batch", {"batch_update": {"object_type_id": 1}}, 0.5)
        if kind == "ab":
            keyword = self.pick("email", "push")
            percent = self.pick(50, 30, 70)
            variants = [{"id": self.id("variant"), "percent": p} | self.message([keyword])
                        for p in (percent, 100 - percent)]  # fmt: skip
            return {"id": self.id("test"), "ab_test": variants}
        if kind == "if":
            step = {"if": self.branch_condition(event), "then": self.branch(depth, event)}
            if self.maybe():
                step["else"] = self.branch(depth, event, ends=False)
            return self.named("choice", step, 0.7)
        if kind == "branches":
            options: list[dict[str, Any]] = [{"when": self.branch_condition(event), "then": self.branch(depth, event)}
                       for _ in range(self.rng.randint(2, 3))]  # fmt: skip
            step = {"branches": options}
            if self.maybe():
                step["otherwise"] = self.branch(depth, event, ends=False)
            return self.named("ways", step, 0.7)
        if kind == "random":
            options = [
                {"percent": p, "then": self.branch(depth, event, ends=i > 0)}
                for i, p in enumerate((33.4, 66.6))
            ]
            if self.maybe():
                options[0]["name"] = "gets it"
            return self.named("chance", {"random": options}, 0.7)
        timeout = self.pick("3d", "never", "12h")
        step = {"wait_until": self.wait_condition(event), "timeout": timeout}
        if self.maybe():
            step["then"] = self.branch(depth, event)
        if timeout != "never" and self.maybe():
            step["on_timeout"] = self.branch(depth, event, ends=False)
        return self.named("until", step, 0.7)

    def branch(self, depth: int, event: bool, ends: bool = True) -> list[dict[str, Any]]:
        steps = self.steps(depth - 1, event, main=False)
        branching = {"if", "branches", "random", "wait_until"}
        if ends and self.maybe(0.3) and branching.isdisjoint(steps[-1]):
            steps.append({"exit": {}})
        return steps

    # Documents.

    def campaign(self) -> dict[str, Any]:
        self.emails.clear()
        event = self.maybe(0.4)
        document: dict[str, Any] = {"name": self.id("Campaign")}
        if self.maybe():
            document["description"] = self.text()
        if event:
            trigger: dict[str, Any] = {"event": "signed_up"}
            if self.maybe():
                trigger["where"] = {"attribute": "source", "is_not": "import"}
            if self.maybe():
                trigger["audience"] = self.pick(
                    {"segment": "segment.other"}, self.attribute(single=True)
                )
        else:
            trigger = self.pick(
                {"segment": "segment.base"}, self.attribute(),
                {"all": [{"segment": "segment.base"}, {"not": {"segment": "segment.other"}}]},
                {"date": "trial_ends_at", "days_before": 3, "at": "10:00", "zone": "person",
                 "fallback": "Europe/Berlin"},
                {"date": "birthday", "repeats": "yearly", "zone": "Europe/Berlin"},
                {"form": "contact_us"}, {"webhook": 12}, {"api": True},
            )  # fmt: skip
        if self.maybe(0.05):
            document["raw_trigger"] = {"type": "something_new", "event": "signed_up"}
            event = False
        else:
            document["trigger"] = trigger
        if "api" not in trigger and "raw_trigger" not in document:
            document["reentry"] = self.pick(
                {"every_match": True},
                {"every_match": True, "at_least_after": "30d"},
                {"every_match": False},
            )
            if self.maybe(0.3):
                del document["reentry"]
        if self.maybe():
            document["goal"] = {"event": "purchased", "within": "7d"}
            if self.maybe(0.3):
                document["goal"]["counted_from"] = self.pick("receiving", "opening", "clicking")
        if self.maybe(0.7):
            when = self.pick(
                {"segment": "segment.other"},
                {"any": [{"segment": "segment.other"}, {"segment": "segment.hand"}]},
            )
            document["exit"] = self.pick(
                {"when": when}, {"when": when, "on_trigger_unmatched": True}, {"on_trigger_unmatched": True},
                {"on_trigger_unmatched": False},
            )  # fmt: skip
        if self.maybe(0.3):
            document["tags"] = self.pick(["autumn"], ["q3", "winback"])
        if self.maybe(0.2):
            document["message_limits"] = False
        if self.maybe(0.2):
            document["send_to_unsubscribed"] = True
        document["workflow"] = self.steps(3, event)
        return document

    def transactional(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "name": self.id("Message"), "from": SENDER, "subject": self.text(), "body": self.pick(*BODIES),
        }  # fmt: skip
        optional = {
            "description": self.text(), "trigger_name": f"TRIGGER_{self.count}", "preheader": self.text(),
            "recipient": "{{customer.work_email}}", "headers": {"X-Acme": "a"}, "reply_to": SENDER,
            "settings": {"send_to_unsubscribed": True, "link_tracking": False, "open_tracking": True,
                         "queue_drafts": self.maybe(), "hide_message_body": False},
        }  # fmt: skip
        for name, value in optional.items():
            if self.maybe():
                document[name] = value
        if "settings" in document:
            names = self.rng.sample(sorted(document["settings"]), self.rng.randint(1, 5))
            document["settings"] = {name: document["settings"][name] for name in names}
        if self.maybe(0.6):
            document["translations"] = {
                language: {"subject": self.text(), "body": self.pick(*BODIES), "from": SENDER}
                for language in self.rng.sample(["es", "fr", "pt-BR"], self.rng.randint(1, 2))
            }
        if self.maybe(0.4):
            document["layout"] = "layout.main"
            document.pop("translations", None)
        items = list(document.items())
        self.rng.shuffle(items)
        return dict(items)

    def files(self) -> dict[str, str]:
        documents: dict[str, list[dict[str, Any]]] = {
            "senders/team.yaml": [{"name": "Team", "email": SENDER}],
            "layouts/main.yaml": [{"name": "Main", "body": "<html>{{ content }}</html>"}],
            "snippets/footer.yaml": [{"name": "footer", "value": self.text()}],
            "segments/base.yaml": [{"name": "Base", "conditions": {"attribute": "plan", "is": "pro"}}],
            "segments/hand.yaml": [{"name": "By hand", "manual": True}],
            "segments/other.yaml": [{"name": "Other", "description": self.text(), "conditions": self.segment_condition()}],
            "segments/many.yaml": [
                {"key": f"many_{i}", "name": f"Many {i}", "conditions": self.segment_condition()} for i in (1, 2)
            ],
            "transactional/receipt.yaml": [self.transactional()],
            "campaigns/one/campaign.yaml": [self.campaign()],
        }  # fmt: skip
        if self.maybe(0.3):
            documents["campaigns/two.yaml"] = [self.campaign()]
        if self.maybe(0.08):
            documents["campaigns/crossing.yaml"] = [CROSSING]
        if self.maybe(0.3):
            documents["transactional/receipt.yaml"][0] |= {
                "ignore": [self.pick("settings.link_tracking", "subject", "translations.es.body")],
                "because": "Somebody edits it.", "protect": True,
            }  # fmt: skip
        campaign = documents["campaigns/one/campaign.yaml"][0]
        messages = [s for s in campaign["workflow"] if "email" in s or "push" in s]
        if messages and self.maybe(0.4):
            keyword = "email" if "email" in messages[0] else "push"
            field = self.pick("sending", "body", "subject" if keyword == "email" else "title")
            campaign |= {
                "ignore": [f"messages.{messages[0]['id']}.{field}", "tags"],
                "because": "They test it.",
            }
        files: dict[str, str] = {}
        for name, each in documents.items():
            renderer = Renderer(self.rng)
            text = "---\n".join(renderer.document(document) for document in each)
            files[name] = text.replace("\n", "\r\n") if self.maybe(0.1) else text
        settings = (
            "# The settings\nendpoint: sandbox  # in this process\nguards: {max_deletes: 2}\n"
        )
        return {**files, "workspace.yaml": settings}


CROSSING = {
    "name": "Crossing",
    "trigger": {"event": "signed_up"},
    "graph": {
        "nodes": [
            {"id": "europe", "if": {"attribute": "region", "is": "eu"}},
            {"id": "opted_in", "if": {"attribute": "opted_in", "within_last": "3d"}},
            {"id": "grown_up", "if": {"segment": "segment.base"}},
            {"id": "offer", "push": {"title": "Come in", "body": "Your offer is here."}},
            {"id": "terms", "email": {"subject": "One more", "body": "Read it.", "sending": "off"}},
            {"id": "mark", "update_segment": {"add": "segment.hand"}},
            {"id": "exit", "exit": {}},
        ],
        "edges": [
            {"from": "europe", "to": "opted_in", "branch": 0},
            {"from": "europe", "to": "grown_up", "branch": 1},
            {"from": "opted_in", "to": "offer", "branch": 0},
            {"from": "opted_in", "to": "terms", "branch": 1},
            {"from": "grown_up", "to": "offer", "branch": 0},
            {"from": "grown_up", "to": "terms", "branch": 1},
            {"from": "offer", "to": "mark"},
            {"from": "terms", "to": "exit"},
            {"from": "mark", "to": "exit"},
        ],
    },
}

PLAIN = re.compile(r"[A-Za-z<][\w ./@!-]*(?<! )")
WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


class Renderer:
    """Writes YAML as people do: in both styles, with comments everywhere."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.number = 0

    def comment(self, chance: float) -> str:
        if self.rng.random() >= chance:
            return ""
        self.number += 1
        return f"# remark {self.number}"

    def document(self, document: dict[str, Any]) -> str:
        head = "# yaml-language-server: $schema=../../schema.json#/$defs/x\n"
        text = head if self.rng.random() < 0.5 else ""
        return text + self.mapping(document, 0) + (f"{end}\n" if (end := self.comment(0.2)) else "")

    def mapping(self, value: dict[str, Any], indent: int, first: str | None = None) -> str:
        lines = []
        for number, (key, item) in enumerate(value.items()):
            pad = " " * indent
            if first is not None and number == 0:
                pad = first
            elif above := self.comment(0.08):
                lines.append(f"{' ' * indent}{above}\n")
            elif indent == 0 and self.rng.random() < 0.1:
                lines.append("\n")
            lines.append(f"{pad}{self.scalar(key)}:{self.value(item, indent)}")
        return "".join(lines)

    def value(self, item: Any, indent: int) -> str:
        beside = self.comment(0.08)
        tail = f"  {beside}\n" if beside else "\n"
        if (
            isinstance(item, dict | list)
            and item
            and (self.rng.random() < 0.6 or self.depth(item) > 2)
        ):
            inner = (
                self.mapping(item, indent + 2)
                if isinstance(item, dict)
                else self.list(item, indent + 2)
            )
            return f"{tail}{inner}"
        if (
            isinstance(item, str)
            and "\n" in item
            and item == item.rstrip("\n") + "\n"
            and not item.startswith(" ")
        ):
            if not any(line != line.rstrip() for line in item.split("\n")):
                body = "".join(
                    f"{' ' * (indent + 2) if line else ''}{line}\n"
                    for line in item[:-1].split("\n")
                )
                return f" |\n{body}"
        return f" {self.flow(item)}{tail}"

    def list(self, items: list[Any], indent: int) -> str:
        lines = []
        for item in items:
            if above := self.comment(0.08):
                lines.append(f"{' ' * indent}{above}\n")
            dash = f"{' ' * indent}- "
            if isinstance(item, dict) and item and self.rng.random() < 0.7:
                lines.append(self.mapping(item, indent + 2, dash))
            else:
                lines.append(f"{dash}{self.flow(item)}\n")
        if end := self.comment(0.05):
            lines.append(f"{' ' * indent}{end}\n")
        return "".join(lines)

    def flow(self, item: Any) -> str:
        if isinstance(item, dict):
            return (
                "{" + ", ".join(f"{self.scalar(k)}: {self.flow(v)}" for k, v in item.items()) + "}"
            )
        if isinstance(item, list):
            return "[" + ", ".join(self.flow(each) for each in item) + "]"
        return self.scalar(item)

    def scalar(self, item: Any) -> str:
        if isinstance(item, bool):
            return "true" if item else "false"
        if not isinstance(item, str):
            return str(item)
        if item == "off":
            return "off"
        if PLAIN.fullmatch(item) and item not in WORDS:
            return item
        return json.dumps(item, ensure_ascii=False)

    def depth(self, item: Any) -> int:
        if not isinstance(item, dict | list):
            return 0
        inner = item.values() if isinstance(item, dict) else item
        return 1 + max(map(self.depth, inner), default=0)


def main(root: Path, archive: Path, count: int) -> None:
    made, seed = 0, 0
    while made < count:
        seed += 1
        name = f"w{made:03}"
        folder = root / "workspaces" / name
        for file, text in Generator(seed).files().items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        try:
            with open_workspace(root, name) as opened:
                plan = opened.plan()
                if plan.blocked:
                    print(
                        seed,
                        "blocked",
                        [(str(b.address), str(b.way_out)[:330]) for b in plan.blocked],
                    )
                ok = not plan.blocked and opened.apply(plan, NO_GUARDS).complete
                again = opened.plan()
                if ok and not (again.is_empty and again.changes == ()):
                    print(
                        seed,
                        "again",
                        [(str(f.path), f.before, f.after) for c in again.changes for f in c.fields][
                            :2
                        ],
                    )
                ok = ok and again.is_empty and again.changes == ()
        except CioformError as error:
            print(seed, str(error)[:400].replace("\n", " "))
            ok = False
        if ok:
            made += 1
            continue
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        folder.rmdir()
        state = root / ".cioform" / name
        for path in sorted(state.rglob("*"), reverse=True) if state.exists() else ():
            path.unlink() if path.is_file() else path.rmdir()
        if seed > 4 * count + 20:
            raise SystemExit("too many are invalid")
    print("made", made, "of", seed)
    pack(root, archive)


def samples(root: Path, archive: Path) -> None:
    """Apply the samples of the repository as they were, and pack them."""
    shutil.copytree("workspaces", root / "workspaces")
    for name in ("acme", "kidlearn", "reminders-prod", "reminders-test"):
        with open_workspace(root, name) as opened:
            assert opened.apply(opened.plan(), NO_GUARDS).complete
            again = opened.plan()
            assert again.is_empty and again.changes == ()
    pack(root, archive)


def pack(root: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for path in sorted(root.rglob("*")):
            keep = "journal" not in path.parts and path.name not in (
                "state.lock",
                "state.json.backup",
                "openapi.json",
            )
            if path.is_file() and keep:
                tar.add(path, path.relative_to(root).as_posix())


if __name__ == "__main__":
    if sys.argv[3] == "samples":
        samples(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
