"""Find the users of an object, directly and through others."""
