"""Windows of all sizes, and what must hold of the page in each: its controls are in sight, free and whole."""

from collections.abc import Callable, Mapping
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.browser.layout import SETTLED
from tests.browser.phases import Walk

# In CSS pixels, and how many of the screen's each is wide: zoom is the one divided and the other multiplied by it.
WINDOWS = {
    "small": (320, 256, 1), "phone with keyboard": (390, 430, 1), "phone": (390, 800, 1),
    "phone on its side": (844, 390, 1),
    "100 %": (1280, 860, 1), "200 %": (640, 430, 2), "300 %": (427, 287, 3), "400 %": (320, 215, 4),
    # Where a drawer at the side leaves the call the width of a phone.
    "tablet": (920, 700, 1), "folded phone": (280, 653, 1), "small phone": (360, 640, 1),
}  # fmt: skip
ALWAYS = ["#call", "#message", ".send"]
BUTTONS = ["#microphone", "#hush", "#text-toggle"]
IN_CALLS = {"server_vad": BUTTONS, "push_to_talk": [*BUTTONS, "#talk"]}
LEAST_PX = 32
WRONG = """([always, inCalls, least]) => {
  const wrong = []
  const root = document.documentElement
  const name = part => [part.tagName, part.id, part.dataset.choice ?? part.getAttribute("class")].join(" ")
  const within = (one, all) => one.left >= all.left - 1 && one.right <= all.right + 1 &&
    one.top >= all.top - 1 && one.bottom <= all.bottom + 1
  const inside = box => within(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight })
  const wide = part => part.scrollWidth > part.clientWidth + 1
  const shown = part => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().width > 1
  const middle = ({ left, top, width, height }) => document.elementFromPoint(left + width / 2, top + height / 2)
  // By scrolling, as far as it takes; then where it stands, what is seen there, and whether that is it.
  const reach = part => {
    let found
    for (const block of ["nearest", "center", "start"]) {
      part.scrollIntoView({ block })
      const box = part.getBoundingClientRect()
      const over = middle(box)
      found = [box, over, Boolean(part.contains(over) || over?.closest("label")?.contains(part))]
      if (found[2] && inside(box)) break
    }
    return found
  }
  const texts = part => {
    const found = []
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      if (!walker.currentNode.data.trim() || walker.currentNode.parentElement.closest(".visually-hidden")) continue
      const range = document.createRange()
      range.selectNodeContents(walker.currentNode)
      found.push(range)
    }
    return found
  }

  if (Math.max(root.scrollWidth, document.body.scrollWidth) > innerWidth) wrong.push("the page scrolls sideways")
  const seen = [...document.body.querySelectorAll("*")].filter(part => shown(part) && !part.closest(".skip"))
  for (const part of seen) {
    const { left, right } = part.getBoundingClientRect()
    // One wipes through them.
    if (part.closest(".personas *")) continue
    if (left < -1 || right > innerWidth + 1) wrong.push(`${name(part)} is beyond the edge: ${left} to ${right}`)
    if (part.matches(".scroller, .stage, .drawer, .drawer-scroller, .notices, .dock") && wide(part)) {
      wrong.push(`${name(part)} scrolls sideways`)
    }
  }

  const open = document.querySelector(".drawer[open]")
  // Over the page, with the call as a bar.
  const over = open && matchMedia("(max-width: 56rem)").matches
  const calling = !["idle", "ended"].includes(document.body.dataset.phase)
  // Where the page scrolls, what is pressed stays, and the state is above it.
  const state = innerHeight < 296 ? [] : ["#status"]
  const inSight = [...over ? ["#call"] : always, ...state, ...calling ? inCalls : []]
  const near = open ? [`#${open.id}-close`] : ["#settings-toggle", "#talks-toggle", "#log-toggle"]
  for (const selector of [...inSight, ...near]) {
    const part = document.querySelector(selector)
    if (!shown(part)) wrong.push(`${selector} is not shown`)
    else if (inSight.includes(selector) && !inside(part.getBoundingClientRect())) wrong.push(`${selector} is unseen`)
  }

  for (const part of seen.filter(each => each.matches("button, a[href], input, select, textarea, summary"))) {
    const [box, over, free] = reach(part)
    // It goes away at the next press, wherever that is.
    if (over?.closest(":popover-open") && !always.includes(`#${part.id}`)) continue
    if (!inside(box) && !part.matches("textarea")) wrong.push(`${name(part)} cannot be brought into sight`)
    if (!free) wrong.push(`${name(part)} is covered by ${over && name(over)}`)
    if (part.matches("button, a") && !texts(part).every(text => within(text.getBoundingClientRect(), box))) {
      wrong.push(`${name(part)} cuts its words`)
    }
  }

  // Each has its word, all of it.
  for (const part of seen.filter(each => each.matches(".control"))) {
    const words = texts(part)
    if (words.length !== 1) wrong.push(`${name(part)} has no word`)
    if (words.some(range => range.getBoundingClientRect().height < 8)) wrong.push(`${name(part)} has a word too small`)
  }

  // Beside one another.
  const controls = seen.filter(each => each.matches(".control"))
  for (const one of controls) {
    const { left, right, top, bottom } = one.getBoundingClientRect()
    const over = controls.filter(other => other !== one).find(other => {
      const box = other.getBoundingClientRect()
      return box.left < right - 1 && box.right > left + 1 && box.top < bottom - 1 && box.bottom > top + 1
    })
    if (over) wrong.push(`${name(one)} lies over ${name(over)}`)
  }

  const clock = document.querySelector("#meter-time")
  if (shown(clock)) {
    const lines = new Set(texts(clock).flatMap(range => [...range.getClientRects()]).map(({ top }) => Math.round(top)))
    if (lines.size !== 1) wrong.push(`the clock has ${lines.size} lines`)
  }
  const { height } = document.querySelector(open ? ".drawer[open]" : "main").getBoundingClientRect()
  if (height < least) wrong.push(`${height} pixels are left for the words`)
  return [...new Set(wrong)]
}"""


def look_in_all_windows(
    walk: Walk,
    found: dict[str, list[str]],
    seen: Callable[[str], None] = lambda _: None,
    windows: Mapping[str, tuple[int, int, int]] = MappingProxyType(WINDOWS),
    half: int | None = None,
) -> None:
    """`half`: 0 or 1, where another walk looks in the other half; each phase is seen in every window by one of both."""
    session = walk.page.context.new_cdp_session(walk.page)
    phases = count()

    def look(phase: str) -> None:
        n = next(phases)
        chosen = [each for i, each in enumerate(windows.items()) if half is None or (i + n) % 2 == half]
        for window, (width, height, scale) in chosen:
            metrics: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
            session.send("Emulation.setDeviceMetricsOverride", metrics)
            walk.page.evaluate(SETTLED)
            seen(f"{window}, {phase}")
            found[f"{window}, {phase}"] = walk.page.evaluate(WRONG, [ALWAYS, IN_CALLS[walk.mode], LEAST_PX])
        session.send("Emulation.clearDeviceMetricsOverride")
        walk.page.evaluate(SETTLED)

    walk.look = look
