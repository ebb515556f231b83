"""Match live objects with addresses."""
