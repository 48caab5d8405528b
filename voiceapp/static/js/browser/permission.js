// Tells when the browser comes to allow the microphone: in its address bar or its settings, where no page can look.

export class Permission {
  /**
   * @param {{microphoneAllowed: () => void}} delegate also where it will only be asked for again
   * @param {Pick<Permissions, "query"> | undefined} [permissions]
   */
  constructor(delegate, permissions = globalThis.navigator?.permissions) {
    this.delegate = delegate
    this.permissions = permissions
  }

  /** Whether nobody would be asked. */
  async granted() {
    return (await this.#status())?.state === "granted"
  }

  #status() {
    return this.permissions?.query({ name: /** @type {any} */ ("microphone") }).catch(() => null)
  }

  /** Some browsers do not know of the microphone here; then the notice stays until it is opened. */
  async start() {
    const status = await this.#status()
    status?.addEventListener("change", () => { if (status.state !== "denied") this.delegate.microphoneAllowed() })
  }
}
