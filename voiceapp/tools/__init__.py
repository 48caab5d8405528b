"""Functions that the model may call: `@tool` makes one, `VOICEAPP_TOOLS` offers it (docs/tools.md)."""

from .context import ToolContext as ToolContext
from .declaration import tool as tool
