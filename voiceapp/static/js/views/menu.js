// A menu whose choice is acted upon. A key that moves in it passes over what is between: what stands there counts once
// the menu is left, or Enter is pressed. Radio buttons are such a menu, but nobody expects to have to leave them: there
// it counts, too, once the keys have rested.

const RESTED_MS = 1000

/** Whether somebody is choosing: until then nothing else is shown in it. @param {HTMLElement} menu */
export function moving(menu) {
  return menu.hasAttribute("data-moving")
}

/** @param {HTMLElement & {value: string}} menu @param {() => void} chosen */
export function whenLeft(menu, chosen) {
  const choice = new Choice([menu], () => menu.value, chosen)
  choice.follow(menu, ({ key }) => key !== "Enter" && key !== "Tab")
}

/** Of one name. @param {HTMLInputElement[]} radios @param {() => void} chosen */
export function whenRested(radios, chosen) {
  const choice = new Choice(radios, () => radios.find(({ checked }) => checked)?.value ?? "", chosen)
  for (const radio of radios) choice.follow(radio, ({ key }) => key.startsWith("Arrow"), RESTED_MS)
}

class Choice {
  /** @type {string | null} what stood there when the keys began */
  before = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined

  /**
   * @param {HTMLElement[]} controls that are one menu
   * @param {() => string} value
   * @param {() => void} chosen
   */
  constructor(controls, value, chosen) {
    this.controls = controls
    this.value = value
    this.chosen = chosen
    addEventListener("pagehide", () => this.#settle())
  }

  /**
   * @param {HTMLElement} control
   * @param {(event: KeyboardEvent) => boolean} moves what comes behind another key may be shown or hidden by the choice
   * @param {number} [restedMs]
   */
  follow(control, moves, restedMs = Infinity) {
    control.addEventListener("keydown", event => moves(event) ? this.#move(restedMs) : this.#settle())
    control.addEventListener("change", () => { if (this.before === null) this.chosen() })
    control.addEventListener("pointerdown", () => this.#settle())
    control.addEventListener("blur", event => {
      if (!this.controls.includes(/** @type {HTMLElement} */ (event.relatedTarget))) this.#settle()
    })
  }

  /** @param {number} restedMs */
  #move(restedMs) {
    this.before ??= this.value()
    for (const control of this.controls) control.setAttribute("data-moving", "")
    clearTimeout(this.timer)
    if (restedMs < Infinity) this.timer = setTimeout(() => this.#settle(), restedMs)
  }

  #settle() {
    const { before } = this
    this.before = null
    clearTimeout(this.timer)
    for (const control of this.controls) control.removeAttribute("data-moving")
    if (before !== null && this.value() !== before) this.chosen()
  }
}
