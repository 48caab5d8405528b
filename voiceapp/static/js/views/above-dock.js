// Where what opens out of the dock stands: above it, wherever that is.

/** @param {HTMLElement} popover */
export function placeAboveDock(popover) {
  const { left, right, top } = /** @type {Element} */ (document.querySelector(".dock")).getBoundingClientRect()
  Object.assign(popover.style, {
    left: `${left}px`, right: `${innerWidth - right}px`, bottom: `${innerHeight - top}px`,
    maxHeight: `calc(${top}px - 1rem)`
  })
}
