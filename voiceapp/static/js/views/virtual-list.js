// Which rows of a long list are in sight: only these are drawn.

const SPARE = 6

/**
 * Rows from `first` up to, but without, `end`.
 * @param {{count: number, rowHeight: number, scrollTop: number, height: number}} list in pixels
 */
export function inSight({ count, rowHeight, scrollTop, height }) {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - SPARE)
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + SPARE)
  return { first, end }
}
