"""The published API description: fetched, cached, checked against."""
