"""Families of page layouts, as the small-business web shows them."""
