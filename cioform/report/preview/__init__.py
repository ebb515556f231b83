"""Render the preview of messages: as a page for browsers, and as text for terminals."""
