"""People: identify, show, delete, suppress."""
