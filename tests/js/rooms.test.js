// The rooms of the page's scripts have an order, and every module its test.
import assert from "node:assert/strict"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { Parser, tokenizer } from "acorn"

const PAGE = fileURLToPath(new URL("../../voiceapp/static/js/", import.meta.url))
const TESTS = fileURLToPath(new URL("./", import.meta.url))

/** From the bottom up: each knows of itself and of those before it. `wire.js` is of types alone. */
const ORDER = [
  "wire.js", "text", "audio", "browser", "models", "history", "call", "preflight", "views", "page.js", "main.js"
]
/** Two that could see each other by their order, and do not. */
const APART = [["audio", "text"], ["browser", "audio"]]

const scripts = folder => readdirSync(folder, { recursive: true }).map(String)
  .filter(path => path.endsWith(".js") && !path.includes("node_modules")).sort()
const MODULES = scripts(PAGE)
const source = path => readFileSync(join(PAGE, path), "utf8")
const room = path => path.split("/")[0]
const tokens = path => [...tokenizer(source(path), { ecmaVersion: "latest", sourceType: "module" })]
const named = path => tokens(path).filter(({ type }) => type.label === "name").map(({ value }) => value)

/** What a module imports at once, later, or for its types, as paths of the page. */
function imports(path, pattern = /(?:from|import)\s*\(?"(\.[^"]+)"/g) {
  return [...source(path).matchAll(pattern)].map(([, to]) => normalize(join(dirname(path), to)))
}

/** What is there as soon as it is. */
const loaded = path => imports(path, /^(?:import|export) [^"]*"(\.[^"]+)"$/gm)

test("every script stands in a room", () => {
  assert.deepEqual([...new Set(MODULES.map(room))].sort(), [...ORDER].sort())
})

for (const path of MODULES) test(`${path} imports only of its own room and of those below`, () => {
  const place = ORDER.indexOf(room(path))
  for (const to of imports(path)) {
    assert.ok(MODULES.includes(to), to)
    assert.ok(ORDER.indexOf(room(to)) <= place, `${to} is above`)
    for (const [one, other] of APART) assert.ok(room(path) !== one || room(to) !== other, `${to} is apart`)
  }
})

test("no script is longer than 400 lines", () => {
  const lines = path => source(path).trimEnd().split("\n").length
  assert.deepEqual(MODULES.filter(path => lines(path) > 400), [])
})

test("no import leads back to where it began", () => {
  const done = new Set()
  const visit = (path, trail) => {
    assert.ok(!trail.includes(path), [...trail, path].join(" → "))
    if (done.has(path)) return
    for (const to of loaded(path)) visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of MODULES) visit(path, [])
})

test("a worklet has what is pure of audio, and nothing else", () => {
  const reached = new Set()
  const visit = path => { if (!reached.has(path)) { reached.add(path); loaded(path).forEach(visit) } }
  for (const path of MODULES) if (path.startsWith("audio/worklets/")) visit(path)
  for (const path of reached) {
    assert.equal(room(path), "audio")
    assert.deepEqual(
      named(path).filter(name => ["navigator", "AudioContext", "setTimeout", "fetch"].includes(name)), [], path
    )
  }
})

test("only the views and the page itself touch the document", () => {
  const ELEMENTS =
    /^(document|matchMedia|getSelection|getComputedStyle|requestAnimationFrame|HTML\w*Element|\w*Observer)$/
  for (const path of MODULES) {
    if (!["views", "page.js", "main.js"].includes(room(path)))
      assert.deepEqual(named(path).filter(name => ELEMENTS.test(name)), [], path)
  }
})

test("no module keeps what changes", () => {
  for (const path of MODULES) {
    const { body } = Parser.parse(source(path), { ecmaVersion: "latest", sourceType: "module" })
    const made = body.map(node => node.declaration ?? node).filter(({ type }) => type === "VariableDeclaration")
    for (const { kind, declarations } of made) {
      assert.equal(kind, "const", path)
      for (const { id: { name } } of declarations) {
        const changed = new RegExp(`\\b${name}(\\.(push|pop|shift|unshift|splice|sort|fill|set|add|delete|clear)\\(|\\[.+\\] \\S?= |\\.\\w+ \\S?= )`)
        assert.doesNotMatch(source(path).replaceAll(`this.${name}`, ""), changed, `${path}: ${name}`)
      }
    }
  }
})

/** Which have no test file of their own, and what tries them instead. */
const TRIED_BY = {
  "audio/base64.js": "audio/player.test.js",
  "audio/block-collector.js": "audio/worklets/capture.test.js",
  "audio/delay-correlation.js": "audio/echo-guard.test.js",
  "audio/device.js": "call/call.test.js",
  "audio/echo-path.js": "audio/echo-guard.test.js",
  "audio/loudspeaker.js": "call/call.test.js",
  "audio/microphone.js": "call/privacy.test.js",
  "audio/pause-stretcher.js": "audio/worklets/playback.test.js",
  "audio/pcm.js": "audio/worklets/capture.test.js",
  "audio/playback-queue.js": "audio/worklets/playback.test.js",
  "audio/track.js": "audio/worklets/playback.test.js",
  "audio/voice-band.js": "audio/echo-guard.test.js",
  "browser/permission.js": "call/call.test.js",
  "browser/support-check.js": "boot.test.js",
  "call/admission.js": "call/line.test.js",
  "call/call-audio.js": "call/call.test.js",
  "call/playback-reports.js": "history/talk-kept.test.js",
  "call/backoff.js": "call/line.test.js",
  "call/downlink.js": "call/resumption.test.js",
  "call/uplink.js": "call/transport.test.js",
  "history/costs.js": "history/history-keeper.test.js",
  "history/files.js": "../browser/test_talks.py",
  "models/item-words.js": "models/transcript.test.js",
  "models/marks.js": "models/transcript.test.js",
  "models/notice-ends.js": "models/notices.test.js",
  "models/past-segment.js": "models/transcript.test.js",
  "text/spoken-text.js": "models/caption-pace.test.js",
  "browser/browser.js": "../browser/test_call.py",
  "browser/wake-lock.js": "../browser/test_call.py",
  "main.js": "../browser/test_page.py"
}
/** Types alone. */
const TYPES = ["wire.js", "call/call-parts.js"]

test("every module has its test, or is tried by another", () => {
  for (const path of MODULES) {
    // What draws is tried in browsers (tests/browser).
    if (room(path) === "views" || TYPES.includes(path)) continue
    const own = path.replace(/\.js$/, ".test.js")
    assert.ok(existsSync(join(TESTS, TRIED_BY[path] ?? own)), `${path} has no test`)
    assert.ok(!(path in TRIED_BY && existsSync(join(TESTS, own))), `${path} has a test of its own`)
  }
  for (const path of Object.keys(TRIED_BY)) assert.ok(MODULES.includes(path), path)
})

test("every test lies where its module lies, and imports no other test", () => {
  /** Of a whole call or a whole grid of rooms. */
  const WIDER = [
    "boot", "css", "rooms", "audio/echo-rooms", "call/microphone-orders", "call/privacy", "call/reload",
    "history/going-on", "history/talk-kept", "history/two-tabs"
  ]
  for (const path of scripts(TESTS).filter(path => path.endsWith(".test.js"))) {
    const name = path.replace(/\.test\.js$/, "")
    assert.ok(WIDER.includes(name) || MODULES.includes(`${name}.js`), path)
    assert.doesNotMatch(readFileSync(join(TESTS, path), "utf8"), /from "[^"]*\.test\.js"/, path)
  }
})
