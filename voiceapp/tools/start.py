"""Makes what runs the tools, if there are any: without them nothing of theirs is loaded."""

from collections.abc import Sequence

from .interfaces import Runner


def tool_runner(names: Sequence[str], notes: str = "") -> Runner | None:
    """For what `VOICEAPP_TOOLS` names. Raises `SettingError`. `notes`: the file of the shipped `notes`."""
    if not names:
        return None
    # pydantic alone takes a fifth of a second and 10 MB.
    from .loading import load
    from .runner import ToolRunner

    return ToolRunner(load(names, notes))
