"""Judge a response of Customer.io: errors, their bodies and hints."""
