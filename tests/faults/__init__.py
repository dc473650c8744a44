"""What must hold when things go wrong: many editors at once, and servers killed under writes.

`python -m tests.faults editors` and `python -m tests.faults kills` run them at full length; the suite runs them short.
"""
