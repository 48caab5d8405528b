// Keeps the screen on during a call, where the browser can.

export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  lock = null
  started = false

  async start() {
    this.started = true
    if (this.lock || !("wakeLock" in navigator)) return
    this.lock = await navigator.wakeLock.request("screen").catch(() => null)
    this.lock?.addEventListener("release", () => { this.lock = null })
    if (!this.started) this.stop()
  }

  stop() {
    this.started = false
    this.lock?.release()
    this.lock = null
  }

  /** The browser takes the lock away from a hidden page. */
  pageShown() {
    if (this.started) this.start()
  }
}
