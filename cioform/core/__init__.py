"""What every layer uses: addresses, JSON data, diagnostics, errors. No I/O."""
