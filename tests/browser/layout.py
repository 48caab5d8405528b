"""Measures of a page's layout, as scripts to be evaluated on it."""

# What follows the size of its window does so in one frame, and what follows that in the next. What is still fading in
# has no contrast yet; what turns for ever is not waited for.
SETTLED = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
  await Promise.allSettled(ending.map(({ finished }) => finished))
}"""
# Controls that a thumb misses; where height is scarce the line of the time is as high as its words.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a, textarea, select, .setting")].filter(element => {
  const { width, height } = element.getBoundingClientRect()
  const least = innerHeight < 480 && element.id === "meter-time" ? 23.9 : 43.9
  return element.checkVisibility() && !element.matches(".skip") && (width < 43.9 || height < least)
}).map(element => element.outerHTML)"""
# Pixels that it is wider than its window.
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
# What is pressed or read, and reaches beyond the window at a side. One wipes through the personas.
BEYOND = """() => [
  ...document.querySelectorAll("button, input, select, textarea, summary, p, dialog")
].filter(element => {
  const { left, right } = element.getBoundingClientRect()
  return (left < -1 || right > innerWidth + 1) && element.checkVisibility({ visibilityProperty: true }) &&
    !element.closest(".personas *, .visually-hidden")
}).map(element => `${element.outerHTML.slice(0, 80)} is beyond the edge`)"""
# In its drawer, where that is scrolled to its beginning.
BEGINS_IN_SIGHT = """part =>
  part.getBoundingClientRect().top + 10 < part.closest("dialog").getBoundingClientRect().bottom"""
