"""Measures of a page's layout, as scripts to be evaluated on it."""

# Controls that a thumb misses; where height is scarce the line of the time is as high as its words.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a, textarea, select, .setting")].filter(element => {
  const { width, height } = element.getBoundingClientRect()
  const least = innerHeight < 480 && element.id === "meter-time" ? 23.9 : 43.9
  return element.checkVisibility() && !element.matches(".skip") && (width < 43.9 || height < least)
}).map(element => element.outerHTML)"""
# Pixels that it is wider than its window.
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
