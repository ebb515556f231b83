# ruff: noqa: E501
"""The page of lint: how to use it, and a section for each rule, as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.dialect import FILTERS, INNER_TAGS, TAGS, Engine
from cioform.lint.rule import Group, Rule
from cioform.lint.rules import find_rules

_HEAD: Final = """\
# Lint

`cioform lint` finds mistakes in messages before they are sent: in Liquid, data, HTML, links, languages and journeys. It
needs no credential and sends nothing. This page explains how to use it, and then every rule with an example.

```sh
cioform lint                        # all workspaces
cioform lint acme --fix             # fix what can be fixed automatically
cioform lint acme --new-since main  # only what this branch adds
cioform lint acme --write-baseline  # accept all current findings
cioform lint --format sarif         # or json, junit, github, gitlab
cioform lint --rules                # the list of rules
```

An **error** is something that cannot work: a delivery of the text fails, or a value in it is always empty. Errors stop
`validate`, and also `plan` if it would write the text. A **warning** is for you to judge. A plan shows the warnings about
the texts that it would write.

## Ignoring rules

To ignore a rule for some addresses, list it in [`workspace.yaml`](files.md#workspaceyaml) with a reason and, optionally,
a last day:

```yaml workspace
format: 1
lint:
  engine: latest  # or legacy: the engine that renders the messages of this workspace
  legacy: [campaign.welcome]  # addresses that legacy still renders
  severity: {DT101: error}  # or warning, or off
  ignore:
    - rule: DT101
      address: campaign.onboarding
      because: Everybody who enters it has a first name.
      until: "2027-03-31"
```

To ignore a rule in one text, add this comment to the text; it is not sent:
`{% comment %}cioform-ignore DT101{% endcomment %}`.

In CI, `cioform lint --new-since origin/main --format github` marks the lines of a pull request. The clone needs that
revision: `fetch-depth: 0` for GitHub's checkout.

The **baseline**, the file `_lint-baseline.yaml` in the workspace's folder, lists findings that are not reported. `import`
adds the errors in the texts that it imports. An entry is valid until its line of the text changes. A plan of a pull
request uses the baseline of the target branch, so that nobody accepts the errors of their own texts.

## Rules
"""


def lint_page() -> str:
    """Return the page."""
    return "\n".join((_HEAD, *_sections(), *_dialect()))


def _sections() -> Iterator[str]:
    rules = find_rules()
    for group in Group:
        of_group = [rule for rule in rules if rule.group is group]
        if of_group:
            yield f"### {group.value}\n"
            for rule in of_group:
                yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"#### {rule.id}: {rule.name}\n"
    yield f"*{rule.severity.value}.* {inspect.cleandoc(type(rule).__doc__ or '')}\n"
    yield f"```liquid\n{rule.bad}\n```\n\nBetter:\n\n```liquid\n{rule.good}\n```\n"


def _dialect() -> Iterator[str]:
    yield "## Tags and filters\n"
    yield "cioform knows these tags and filters of Customer.io's Liquid. Any other name is an error.\n"
    tags = sorted({*TAGS, *INNER_TAGS} - {"#"})
    yield f"Tags: {', '.join(f'`{name}`' for name in tags)}.\n"
    yield f"Filters: {', '.join(map(_filter, sorted(FILTERS)))}.\n"


def _filter(name: str) -> str:
    engines = FILTERS[name]
    return f"`{name}`" if len(engines) == len(Engine) else f"`{name}` ({', '.join(engines)} only)"
