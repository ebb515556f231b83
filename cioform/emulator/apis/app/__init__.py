"""The App API."""
