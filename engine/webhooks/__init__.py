"""Signed deliveries of job and pipeline events."""
