"""How far two readers of the demo set's documents agree: their codes, one file a round and reader, and the figures."""
