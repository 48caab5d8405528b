"""axe-core at a page: what of it shuts somebody out."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.layout import SETTLED

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """async rules => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"], selectors: false })
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0].html} ${nodes[0].failureSummary}`)
}"""


def violations(page: Page) -> list[str]:
    """What breaks WCAG 2.2 AA or good practice, however little harm axe sees in it."""
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(FOUND, RULES)
    return found


def check(page: Page) -> None:
    """Nobody is shut out."""
    assert violations(page) == []
