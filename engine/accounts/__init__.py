"""Who uses the product: accounts, and the local owner."""
