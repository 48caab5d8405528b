"""The entries of the transcript in groups: in order, whatever comes between and goes, and none moved for nothing."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# A random world of so many steps: entries come at the end, in between and before all others, and go.
WORLD = """async seed => {
  const address = [...document.querySelectorAll("link[rel=modulepreload]")].find(link => /entry-groups/.test(link.href))
  const { EntryGroups } = await import(address.href)
  const random = below => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return Math.floor(seed / 2 ** 31 * below)
  }
  const log = document.createElement("div")
  const groups = new EntryGroups(log)
  const entry = () => document.createElement("p")
  const wrong = []
  let wanted = []
  let moved = []
  const watch = new MutationObserver(() => {})
  watch.observe(log, { childList: true, subtree: true })
  for (let step = 0; step < 120; step++) {
    const before = new Set(wanted)
    const many = Array.from({ length: [1, 1, 1, 3, 90][random(5)] }, entry)
    const what = random(6)
    if (what === 0) wanted = [...many, ...wanted]
    else if (what === 1) wanted = wanted.toSpliced(random(wanted.length + 1), 0, ...many)
    else if (what === 2) wanted = wanted.toSpliced(random(wanted.length + 1), random(30))
    else wanted = [...wanted, ...many]
    watch.takeRecords()
    groups.arrange(wanted)
    const added = watch.takeRecords().flatMap(({ addedNodes }) => [...addedNodes])
    moved = added.flatMap(node => [node, ...node.children]).filter(node => before.has(node))
    const there = [...log.querySelectorAll("p")]
    const sizes = [...log.children].map(({ children }) => children.length)
    const near = [...log.children].filter(group => !group.hasAttribute("data-far"))
    if (there.length !== wanted.length || there.some((node, i) => node !== wanted[i])) wrong.push([step, "order"])
    if (groups.entries.some((node, i) => node !== wanted[i])) wrong.push([step, "entries"])
    if (moved.length) wrong.push([step, "moved", moved.length])
    if (sizes.includes(0)) wrong.push([step, "empty"])
    if (near.length !== Math.min(3, sizes.length) || near.some(group => group.nextSibling?.hasAttribute("data-far")))
      wrong.push([step, "near"])
  }
  // What comes at either end fills groups of twenty.
  const fresh = new EntryGroups(document.createElement("div"))
  fresh.arrange(Array.from({ length: 400 }, entry))
  if (fresh.log.children.length !== 20) wrong.push(["fresh", fresh.log.children.length])
  fresh.arrange([...Array.from({ length: 95 }, entry), ...fresh.entries])
  if ([...fresh.log.children].some(({ children }) => children.length > 20)) wrong.push(["more than twenty"])
  const [first, second, ...others] = fresh.entries
  fresh.arrange([second, first, ...others])
  if (fresh.entries[0] !== second || fresh.entries[1] !== first) wrong.push(["swapped"])
  return wrong
}"""


def test_they_stand_in_order_and_only_what_is_new_is_put_in(visit: Visit, serve: Serve) -> None:
    page = visit(serve("silent")[0]).page
    assert {seed: page.evaluate(WORLD, seed) for seed in range(6)} == {seed: [] for seed in range(6)}
