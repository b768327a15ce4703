"""Public APIs at their real host names."""
