"""Events coded by machine: GDELT, ICEWS and POLECAT, and how their codes become actors, stances and confidence."""
