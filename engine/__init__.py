"""The engine: every decision of the product, behind operations."""
