"""A small Customer.io: App, Journeys and Track surfaces over one SQLite store."""
