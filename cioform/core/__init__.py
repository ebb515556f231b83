"""The base of every layer: addresses, JSON data, diagnostics, errors. No I/O."""
