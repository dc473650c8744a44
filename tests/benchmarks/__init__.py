"""What a million records cost: a seeded generator, the plans of every page, and the requests per CPU-second."""
