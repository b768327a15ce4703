"""Tables of text: canonical columns, mapping, inference, reading, filter rules."""
