"""axe-core at a page: what of it shuts somebody out."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = """async rules => (await axe.run(document, { runOnly: rules })).violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`)"""


def serious(page: Page) -> list[str]:
    """What is serious or critical by WCAG 2.2 AA and good practice."""
    # What is still fading in has no contrast yet.
    page.wait_for_timeout(400)
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(SERIOUS, RULES)
    return found


def check(page: Page) -> None:
    """Nobody is shut out."""
    assert serious(page) == []
