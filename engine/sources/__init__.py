"""Where the places of a scrap come from."""
