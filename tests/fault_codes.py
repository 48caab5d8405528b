"""The codes of all faults."""

from voiceapp import errors
from voiceapp.conversation import faults


def fault_codes() -> set[str]:
    """Every code a notice can carry, from the modules that define them."""
    found = {
        value.code for module in (faults, errors) for value in vars(module).values() if isinstance(value, faults.Fault)
    }
    return found | {"bad_event", "not_started", "already_started", "bad_setting"}
