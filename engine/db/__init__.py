"""Database engine, transactions, migrations."""
