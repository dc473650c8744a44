"""`doctor`: what could keep the service from its work, or from keeping what it is given, and what to do about it."""

from rich.console import Console
from rich.text import Text

from api.commands import failures, output
from api.commands.examinations import Check, State, all_of
from api.commands.failures import Failure

_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAULT: "bold red"}


def run(as_json: bool) -> int:
    """The verb; answers 1 where there is a fault. It changes nothing."""
    found: list[Check] = []
    try:
        settings = failures.read_settings()
    except Failure as failure:
        told, _, advice = str(failure).partition(": correct")
        found.append(Check("settings", State.FAULT, told, f"Correct{advice}"))
    else:
        found += all_of(settings)
    faults = sum(check.state is State.FAULT for check in found)
    if as_json:
        output.tell(True, {"ok": not faults, "checks": [check._asdict() for check in found]}, [])
    else:
        _show(found)
    return 1 if faults else 0


def _show(found: list[Check]) -> None:
    console = Console(soft_wrap=True)
    for check in found:
        console.print(Text.assemble((f"{check.state:8}", _STYLES[check.state]), f" {check.name:12} {check.found}"))
        if check.advice:
            console.print(Text(f"{'':21} {check.advice}", style="bold"))
    counts = {state: sum(check.state is state for check in found) for state in (State.FAULT, State.WARNING)}
    told = ", ".join(f"{state}s: {count}" for state, count in counts.items())
    console.print(Text(f"{told[:1].upper()}{told[1:]}."))
