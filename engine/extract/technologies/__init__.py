"""Which technologies a page uses: our signatures, the evidence of a page, the matcher. Pure."""
