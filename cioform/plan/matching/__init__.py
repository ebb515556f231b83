"""Which live object belongs to which address."""
