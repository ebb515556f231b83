"""The members of a message template in the API, and their values."""
