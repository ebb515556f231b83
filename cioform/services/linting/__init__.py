"""The work of `cioform lint`."""
