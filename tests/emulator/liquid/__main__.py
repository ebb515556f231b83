"""Record what LiquidJS prints for the constructs: `python -m tests.emulator.liquid`.

It needs the extra `preview`, whose LiquidJS runs here without anything of cioform but a fixed clock
and the time zones.
"""

import json
from importlib import resources
from pathlib import Path

import quickjs

from cioform.emulator.liquid.liquidjs import LIQUIDJS_VERSION
from cioform.emulator.liquid.time_zones import require_zone, zone_offset

FOLDER = Path(__file__).parent
NOW = 1_700_000_000
OPTIONS = """{strictVariables: true, strictFilters: true, lenientIf: true, timezoneOffset: 0,
              locale: "en-US", templates: {}}"""
RENDER = f"""(text, scope) => {{
  try {{
    return JSON.stringify(
      new liquidjs.Liquid({OPTIONS}).parseAndRenderSync(text, JSON.parse(scope)));
  }} catch (error) {{ return JSON.stringify({{ error: error.name }}); }}
}}"""


def constructs() -> list[str]:
    lines = (FOLDER / "constructs.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def answer(_name: str, values: str) -> str:
    zone, seconds = json.loads(values)
    try:
        return json.dumps({"value": zone_offset(require_zone(zone), seconds)})
    except ValueError as error:
        return json.dumps({"error": str(error)})


def record() -> str:
    context = quickjs.Context()
    context.add_callable("host", answer)
    package = resources.files("cioform.emulator.liquid")
    context.eval((package / "bridge.js").read_text("utf-8"))
    context.eval(f"prepareClock(host, {NOW}000)")
    bundle = package / "vendor" / f"liquidjs-{LIQUIDJS_VERSION}.min.js"
    context.eval(bundle.read_text("utf-8"))
    context.eval(f"var render = {RENDER}")
    render = context.get("render")
    scope = (FOLDER / "scope.json").read_text("utf-8")
    outputs = {text: json.loads(render(text, scope)) for text in constructs()}
    recorded = {"liquidjs": LIQUIDJS_VERSION, "now": NOW, "outputs": outputs}
    return json.dumps(recorded, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / "expected.json").write_text(record(), "utf-8")
