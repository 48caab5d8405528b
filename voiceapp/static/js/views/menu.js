// A menu whose choice is acted upon. A key that moves in it passes over what is between: what stands there counts once
// the menu is left, or Enter is pressed.

/** Whether somebody is choosing: until then nothing else is shown in it. @param {HTMLElement} menu */
export function moving(menu) {
  return menu.hasAttribute("data-moving")
}

/** @param {HTMLElement & {value: string}} menu @param {() => void} chosen */
export function whenLeft(menu, chosen) {
  /** @type {string | null} what stood there when the keys began */
  let before = null
  const settle = () => {
    const changed = before !== null && menu.value !== before
    before = null
    menu.removeAttribute("data-moving")
    if (changed) chosen()
  }
  menu.addEventListener("keydown", ({ key }) => {
    // What comes next may be shown or hidden by it.
    if (key === "Enter" || key === "Tab") return settle()
    before ??= menu.value
    menu.setAttribute("data-moving", "")
  })
  menu.addEventListener("change", () => { if (before === null) chosen() })
  for (const type of ["pointerdown", "blur"]) menu.addEventListener(type, settle)
  addEventListener("pagehide", settle)
}
