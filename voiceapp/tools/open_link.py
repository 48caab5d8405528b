"""The shipped tool that offers a link."""

from .context import ToolContext
from .declaration import tool


@tool(
    timeout=5,
    says={"en": "Showing a link: {title}", "ja": "リンクを表示：{title}", "es": "Mostrando un enlace: {title}"},
    shows=False,
)
def open_link(url: str, title: str, context: ToolContext) -> str:
    """Show the person a link to a web page, which they may open. You cannot read the page, and it is not opened.

    Args:
        url: the whole address, with https://
        title: what is there, in a few words of the person's language
    """
    try:
        context.offer_link(url.strip(), title.strip() or url.strip())
    except ValueError as error:
        return f"Error: {error}."
    return "The link is shown. The person decides whether to open it."
