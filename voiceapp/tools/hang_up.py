"""The shipped tool that ends the call."""

from .context import ToolContext
from .declaration import tool


@tool(
    timeout=5,
    says={"en": "Ending the call", "ja": "通話を終了", "es": "Terminando la llamada"},
    shows=False,
)
def hang_up(context: ToolContext) -> str:
    """End the call. Use it only if the person says goodbye or asks you to end the call."""
    context.end_call()
    return "The call ends as soon as you have said goodbye. Say it now, in a few words."
