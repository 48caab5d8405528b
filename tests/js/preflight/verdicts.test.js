import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { CHECKS } from "../../../voiceapp/static/js/preflight/preflight.js"
import {
  echoVerdict, worst, networkVerdict, pageVerdict, serviceVerdict, voiceVerdict
} from "../../../voiceapp/static/js/preflight/verdicts.js"

test("networks: quick, slow, uneven", () => {
  const judged = (median, spread) => {
    const { state, code } = networkVerdict({ median, spread }); return `${state} ${code}`
  }
  assert.deepEqual([
    judged(40, 10), judged(250, 20), judged(800, 500), judged(40, 150), judged(250, 150), judged(60, 400)
  ],
    ["good good", "warning slow", "bad slow", "warning uneven", "warning uneven", "bad uneven"])
})

test("echoes: none, quiet, loud, and one that does no harm", () => {
  const judged = (found, gainDb, shielded = false) => {
    const { state, code } = echoVerdict({ found, gainDb, delayMs: 80 }, shielded); return `${state} ${code}`
  }
  assert.deepEqual([judged(false, 0), judged(true, -48), judged(true, -20), judged(true, -9), judged(true, -9, true)],
    ["good none", "good none", "good quiet", "warning loud", "good shielded"])
  const level = gainDb => echoVerdict({ found: true, gainDb, delayMs: 80 }, false).values.level
  assert.deepEqual([level(-0.3), level(-20.4)], ["0", "−20"])
})

test("the gravest is what all of it amounts to, once nothing is asked any more", () => {
  const sum = (...states) => worst(states.map(state => ({ state, code: "" })))
  assert.deepEqual([
    sum("good", "skipped"), sum("good"), sum("warning", "bad"), sum("bad", "asking"), sum("asking", "running"),
    sum("waiting", "asking")
  ],
    ["skipped", "good", "bad", "asking", "running", "asking"])
})

const STRINGS = JSON.parse(readFileSync(new URL("../../../voiceapp/static/i18n/en.json", import.meta.url), "utf8"))
const has = key => assert.ok(STRINGS[key], key)

const JUDGED = [
  ["page", pageVerdict(null)],
  ...["good", "dead", "silent", "nobody", "noisy", "faint", "clipped"].map(
    code => ["microphone", voiceVerdict({ code, loudness: -30 }, "")]
  ),
  ...[[10, 10], [300, 10], [10, 200]].map(([median, spread]) => ["network", networkVerdict({ median, spread })]),
  ...[[-90, false], [-20, false], [-5, false], [-5, true]].map(
    ([gainDb, shielded]) => ["echo", echoVerdict({ found: true, gainDb, delayMs: 1 }, shielded)]
  ),
  ["service", serviceVerdict(null)], ["service", serviceVerdict({ code: "connection_lost" })], [
    "network", serviceVerdict({ code: "connection_lost" })
  ]
]

test("there are words for every state", () => {
  for (const name of CHECKS) has(`preflight.${name}.name`)
  for (const state of ["waiting", "running", "asking", "good", "warning", "bad", "skipped"])
    has(`preflight.state.${state}`)
  for (const state of ["running", "asking", "good", "warning", "bad", "skipped"]) has(`preflight.summary.${state}`)
})

test("there are words for every verdict, and one that is not good says what to do", () => {
  for (const [name, { code }] of JUDGED) has(`preflight.${name}.${code}.title`)
  for (const [name, { code }] of JUDGED.filter(([, { state }]) => state !== "good"))
    has(`preflight.${name}.${code}.next`)
  for (const code of ["denied", "missing", "busy", "stuck"]) has(`preflight.microphone.${code}.next`)
  assert.deepEqual(
    serviceVerdict({ code: "key_wrong" }), { state: "bad", code: "key_wrong", trouble: { code: "key_wrong" } }
  )
})

test("there are words for all that is shown on the way to a verdict", () => {
  const source = readFileSync(new URL("../../../voiceapp/static/js/preflight/preflight.js", import.meta.url), "utf8")
  const set = [...source.matchAll(/set\([\w.]+, "(\w+)", [^\n]*?\{ state: "\w+", code: "(\w+)".*/g)].filter(
    ([line]) => !line.includes("trouble")
  )
  assert.ok(set.length > 10)
  for (const [, name, code] of set) has(`preflight.${name}.${code}.title`)
})
