"""Print how far the two readers agree: `python -m tests.coding`."""

from tests.coding.agreement import report

print(report())
