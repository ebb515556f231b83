"""The peer: an octoDNS project with as many DNS records as cioform has resources."""

from __future__ import annotations

from pathlib import Path

_CONFIG = """\
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: {root}/config
    enforce_order: false
  live:
    class: octodns.provider.yaml.YamlProvider
    directory: {root}/live
    enforce_order: false
zones:
  bench.example.:
    sources: [config]
    targets: [live]
"""


def write_peer(root: Path, size: int) -> Path:
    """Write an octoDNS project of `size` records and return its configuration file.

    One record in a hundred differs from the live one.
    """
    for folder in ("config", "live"):
        (root / folder).mkdir(parents=True)
        lines = ["---"]
        for number in range(size):
            changed = folder == "config" and number % 100 == 0
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            lines += [
                f"r{number}:",
                f"  ttl: {600 if changed else 300}",
                "  type: A",
                "  values:",
                f"  - {address}",
            ]
        (root / folder / "bench.example.yaml").write_text("\n".join(lines) + "\n")
    config = root / "octodns.yaml"
    config.write_text(_CONFIG.format(root=root))
    return config
