"""Measures of a page's layout, as scripts to be evaluated on it."""

# Controls that a thumb misses.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a, textarea, select, .setting")].filter(element => {
  const { width, height } = element.getBoundingClientRect()
  return element.checkVisibility() && !element.matches(".skip") && (width < 43.9 || height < 43.9)
}).map(element => element.outerHTML)"""
# Pixels that it is wider than its window.
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
