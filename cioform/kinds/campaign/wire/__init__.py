"""The JSON of campaigns in both APIs, as far as its shape is known."""
