"""Who uses an object, directly and through others."""
