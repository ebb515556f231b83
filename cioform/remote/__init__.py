"""Customer.io's APIs over HTTP: authorization, rate limits, retries, paging and errors."""
