// What a person has selected of a text: it stays selected while the text is still being written, and is copied without
// what only stands beside it.

/**
 * @typedef {{node: Node | null, offset: number, at: number | null}} End of a selection; `at`: characters from the
 *   beginning of an element, null outside of it
 */

/**
 * Writes the text of an element anew. By characters, since nodes come and go and the text only grows.
 * @param {Element} root
 * @param {() => void} write
 */
export function keepSelection(root, write) {
  const selection = getSelection()
  if (!selection || selection.isCollapsed) return write()
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection
  const ends = [endIn(root, anchorNode, anchorOffset), endIn(root, focusNode, focusOffset)]
  write()
  if (ends.every(({ at }) => at === null)) return
  const [anchor, focus] = ends.map(end => end.at === null ? end : placeIn(root, end.at))
  selection.setBaseAndExtent(
    /** @type {Node} */ (anchor.node), anchor.offset, /** @type {Node} */ (focus.node), focus.offset
  )
}

/**
 * What of each element is selected, one after the other; null where nothing of any is.
 * @param {Iterable<Element>} elements in their order
 */
export function selectedIn(elements) {
  const selection = getSelection()
  if (!selection?.rangeCount) return null
  const range = selection.getRangeAt(0)
  const parts = [...elements].filter(element => range.intersectsNode(element))
    .map(element => overlap(range, element)).filter(Boolean)
  return parts.length ? parts.join("\n") : null
}

/** @param {Range} range @param {Element} element */
function overlap(range, element) {
  const part = contentsOf(element)
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
    part.setStart(range.startContainer, range.startOffset)
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset)
  return part.toString()
}

/** @param {Element} root @param {Node | null} node @param {number} offset @returns {End} */
function endIn(root, node, offset) {
  if (!node || !root.contains(node)) return { node, offset, at: null }
  const before = contentsOf(root)
  before.setEnd(node, offset)
  return { node, offset, at: before.toString().length }
}

/** @param {Element} root @param {number} at */
function placeIn(root, at) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  let place = { node: /** @type {Node} */ (root), offset: 0 }
  let before = 0
  while (texts.nextNode()) {
    const { length } = /** @type {Text} */ (texts.currentNode)
    place = { node: texts.currentNode, offset: Math.min(at - before, length) }
    before += length
    if (before >= at) break
  }
  return place
}

/** @param {Element} element */
function contentsOf(element) {
  const range = document.createRange()
  range.selectNodeContents(element)
  return range
}
