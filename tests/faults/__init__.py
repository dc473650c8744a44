"""What must hold when things go wrong: many editors at once, servers killed under writes, and a thousand idle readers.

`python -m tests.faults editors`, `kills` and `streams` run them at full length; the suite runs them short.
"""
