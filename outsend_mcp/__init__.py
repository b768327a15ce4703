"""The MCP server: protocol only."""
