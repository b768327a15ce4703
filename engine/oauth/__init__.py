"""Clients, codes and tokens of the MCP door."""
