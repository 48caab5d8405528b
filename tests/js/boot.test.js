// What is said where the page itself does not come to life, by a script that any browser can run.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { runInNewContext } from "node:vm"
import { LoadError } from "../../voiceapp/static/js/audio/device.js"
import { checkSupport } from "../../voiceapp/static/js/browser/support-check.js"
import { Place, settle } from "./support/place.js"

const SOURCE = readFileSync(new URL("../../voiceapp/static/boot.js", import.meta.url), "utf8")

/** A browser with the page's box in it. */
function boot({ lacks = "" } = {}) {
  const heard = {}
  const timers = []
  const made = attributes => ({
    attributes, setAttribute(name, value) { this.attributes[name] = value },
    removeAttribute(name) { delete this.attributes[name] }
  })
  const said = { ".missing": made({}), ".old": made({ hidden: "" }) }
  const box = { ...made({ hidden: "" }), querySelector: name => said[name] }
  const body = { ready: false, hasAttribute() { return this.ready } }
  const document = {
    body, readyState: "interactive", documentElement: { popover: null }, getElementById: () => box,
    createElement: () => lacks === "modules" ? {} : { noModule: false },
    addEventListener(type, act) { heard[type] = act }
  }
  const window = { AbortSignal: { timeout() {} }, addEventListener(type, act) { heard[type] = act } }
  if (lacks === "popover") delete document.documentElement.popover
  if (lacks === "AbortSignal.timeout") delete window.AbortSignal.timeout
  const Arrays = lacks === "toSpliced" ? { prototype: {} } : Array
  runInNewContext(
    SOURCE, {
      window, document, setTimeout: act => timers.push(act), AbortSignal: window.AbortSignal, Array: Arrays,
      location: { protocol: "https:", host: "a.example" }
    }
  )
  return {
    heard, timers, body, window, get shown() { return "hidden" in box.attributes ? null : box.attributes["data-cause"] },
    get words() { return Object.keys(said).filter(name => !("hidden" in said[name].attributes)) }
  }
}

test("a module that does not load, in whatever way, is said, and nothing else is", () => {
  const MODULE = { target: { tagName: "SCRIPT", type: "module" } }
  for (const [event, what] of [
    ["error", MODULE], ["error", { target: {}, message: "SyntaxError" }], ["unhandledrejection", {}]
  ]) {
    const made = boot()
    assert.equal(made.shown, null)
    made.heard[event](what)
    assert.equal(made.shown, "missing")
  }
  const made = boot()
  made.heard.error({ target: { tagName: "IMG" } })
  made.heard.error({ target: { tagName: "SCRIPT", type: "" } })
  assert.equal(made.shown, null)
  made.heard.load()
  made.timers[0]()
  assert.equal(made.shown, "missing")
})

test("a style file that does not load is said for good, without the help of any style", () => {
  const link = (rel, href) => ({ target: { tagName: "LINK", type: "", rel, href } })
  const made = boot()
  made.heard.error(link("icon", "https://a.example/app/static/v-1/icon.svg"))
  made.heard.error(link("modulepreload", "https://a.example/app/static/v-1/js/main.js"))
  made.heard.error(link("stylesheet", "chrome-extension://abc/extension.css"))
  assert.equal(made.shown, null)
  made.heard.error(link("stylesheet", "https://a.example/app/static/v-1/css/dock.css"))
  // The page itself takes back no more than "missing", once it lives.
  assert.deepEqual([made.shown, made.words], ["style", [".missing"]])
  made.heard.error({ target: {}, message: "of an extension" })
  assert.equal(made.shown, "style")
})

test("a page that has come to life speaks for itself", () => {
  const made = boot()
  made.body.ready = true
  made.heard.error({ target: {}, message: "later" })
  assert.equal(made.shown, null)
})

test("a browser that is too old is refused in words, and can begin no call", () => {
  for (const lacks of ["modules", "toSpliced", "AbortSignal.timeout", "popover"]) {
    const made = boot({ lacks })
    assert.deepEqual([made.shown, made.words], ["old", [".old"]])
    assert.equal(made.window.voiceappLacks, lacks)
  }
  const whole = { isSecureContext: true, AudioContext: 1, AudioWorkletNode: 1, io: 1 }
  assert.equal(checkSupport({ ...whole, voiceappLacks: "" }), null)
  assert.equal(checkSupport({ ...whole, voiceappLacks: "popover" }), "unsupported")
})

test("a worklet that does not load, as in a page of an older version, is said, and nothing listens", async () => {
  const made = new Place()
  const { AudioContext } = globalThis
  globalThis.AudioContext = class extends AudioContext {
    audioWorklet = { addModule: () => Promise.reject(new DOMException("", "AbortError")) }
  }
  made.call.start({ microphone: true })
  await made.rest()
  await settle()
  assert.deepEqual(made.standing, ["client_missing"])
  assert.equal(made.call.callState.phase, "ended")
  assert.deepEqual([made.world.live(), made.world.open()], [0, 0])
  assert.ok(new LoadError("x") instanceof Error)
  Place.leave()
})
