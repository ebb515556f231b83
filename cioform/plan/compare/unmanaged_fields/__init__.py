"""Unmanaged fields of an object, and the record of them in the state."""
