"""Preview messages: find them, make up people, render, and show them in a browser."""
