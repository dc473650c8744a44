"""Every question put to the database: plain functions over a transaction. No HTTP, no commit."""
