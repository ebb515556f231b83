"""The words every floor speaks: addresses, values, diagnostics, errors. No I/O."""
