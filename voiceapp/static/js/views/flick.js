// A finger that wipes sideways over something, fast and far enough to mean it. Up and down is the browser's, if the
// style says so (`touch-action: pan-y`).

const FAR_PX = 60, STEEP = 1.5, LONGEST_MS = 600

/** @param {HTMLElement} area @param {(x: 1 | -1) => void} act 1: to the right */
export function whenFlicked(area, act) {
  /** @type {PointerEvent | null} */
  let begun = null
  area.addEventListener("pointerdown", event => {
    begun = event.pointerType === "touch" && event.isPrimary ? event : null
  })
  area.addEventListener("pointercancel", () => { begun = null })
  area.addEventListener("pointerup", event => {
    const x = begun && begun.pointerId === event.pointerId ? flicked(begun, event) : 0
    begun = null
    if (x) act(x)
  })
}

/** @param {PointerEvent} from @param {PointerEvent} to */
function flicked(from, to) {
  const [x, y] = [to.clientX - from.clientX, Math.abs(to.clientY - from.clientY)]
  const far = Math.abs(x) >= FAR_PX && Math.abs(x) > STEEP * y
  return far && to.timeStamp - from.timeStamp < LONGEST_MS ? /** @type {1 | -1} */ (Math.sign(x)) : 0
}
