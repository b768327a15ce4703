"""Conversations between users and the operator, and requests for on-demand modules."""
