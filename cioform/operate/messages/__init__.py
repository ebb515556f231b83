"""Transactional messages and deliveries."""
