"""The one way out to Customer.io: endpoints, credentials, pace, retries, answers, pages."""
