"""cioform: infrastructure as code for Customer.io messaging workspaces."""

__version__ = "0.1.0"
