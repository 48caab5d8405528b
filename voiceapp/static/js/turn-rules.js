// How turns end, told to the server: at the start of a call, and while it goes on whenever the person changes it.

/** A slider moves in many steps. */
const WAIT_MS = 200
const CHOICES = ["mode", "threshold", "silence_ms", "prefix_ms", "eagerness"]

export class TurnRules {
  /** As the server was told last. @type {string | undefined} */
  told = undefined
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined

  /**
   * @param {import("./transport.js").Transport} transport
   * @param {import("./choices.js").Choices} choices
   */
  constructor(transport, choices) {
    this.transport = transport
    this.choices = choices
  }

  /** The call, with what was chosen. */
  start() {
    const { turn } = this.choices
    this.told = JSON.stringify(turn)
    this.transport.start(turn ? { turn } : {})
  }

  /** @param {string} name of a choice */
  choiceChanged(name) {
    if (!CHOICES.includes(name)) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell(), name === "mode" ? 0 : WAIT_MS)
  }

  /** What has changed since it was told, if a call is live. */
  tell() {
    const { turn } = this.choices
    const words = JSON.stringify(turn)
    if (!turn || words === this.told || !this.transport.live) return
    this.told = words
    this.transport.configure({ turn })
  }
}
