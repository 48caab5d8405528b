// How well the echo guard tells a person from the assistant's own echo, over a grid of rooms: offline, each time the
// same.
//
//     node benchmarks/echo.js [--only echo|cancelled|people|moments|cost] [--before PATH]
//
// PATH is another checkout, whose guard is measured first. docs/page/figures.md says what the tables mean.

import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { CANCELLERS, IN_TIME_S, RATE, TURNS, Talks } from "../tests/js/support/talks-in-a-room.js"

const { values: { only, before } } = parseArgs({ options: { only: { type: "string" }, before: { type: "string" } } })
const ROOMS = { quiet: "in a quiet room", kitchen: "in a kitchen" }
const DELAYS = [0, 100, 200, 300, 400, 450, 500, 600]
const ECHOES = [-Infinity, -40, -30, -20, -12, -6]
const PEOPLE = [-45, -40, -35, -30, -25, -15]
const CANCELLED = [-20, -12, -6]
const MOMENTS_S = [0.2, 0.3, 0.4, 0.6, 0.8, 1]
const BLOCKS = { warm: 10000, measured: 30000 }
const talks = new Talks()

/** Guards of before want to know whether the browser cancels the echo. */
const made = (Guard, rate = RATE) => new Guard(rate, { cancelled: false })
const level = db => `${db}`.replace("-", "−")
const named = echoDb => echoDb === -Infinity ? "none" : `${level(echoDb)} dB`

function table(head, rows) {
  console.log([head, head.map(() => "---"), ...rows].map(cells => `| ${cells.join(" | ")} |`).join("\n"))
}

function echo(Guard) {
  console.log(`\nNobody in the room: of ${TURNS} answers, taken for a person (quiet room / kitchen)\n`)
  const one = where => talks.falseVoices(made(Guard), where)
  const cell = (delayMs, echoDb) => Object.keys(ROOMS).map(room => one({ room, echoDb, delayMs })).join(" / ")
  const rows = ECHOES.map(echoDb => [named(echoDb), ...DELAYS.map(delayMs => cell(delayMs, echoDb))])
  table(["echo", ...DELAYS.map(delay => `${delay} ms`)], rows)
}

function cancelled(Guard) {
  console.log("\nNobody in the quiet room, and the browser cancels: of 5 first answers, taken for a person\n")
  const one = where => talks.falseFirst(() => made(Guard), { room: "quiet", ...where })
  const ways = CANCELLED.flatMap(echoDb => [0, 100, 300].map(delayMs => ({ echoDb, delayMs })))
  const rows = Object.entries(CANCELLERS).map(
    ([name, canceller]) => [name, ...ways.map(way => one({ ...way, canceller }))]
  )
  table(["it", ...ways.map(({ echoDb, delayMs }) => `${named(echoDb)}, ${delayMs} ms`)], rows)
}

const inTime = heard => heard.filter(seconds => seconds <= IN_TIME_S).length

function moments(Guard) {
  console.log(`\nWithout an echo, so far into a call's first answer: of ${TURNS}, heard within ${1000 * IN_TIME_S} ms\n`)
  const one = (where, afterS) =>
    inTime(talks.firstAnswers(() => made(Guard), { echoDb: -Infinity, delayMs: 0, ...where }, [afterS]))
  const rows = Object.keys(ROOMS).flatMap(room => [-40, -30, -15].map(personDb => [
    `${room}, ${level(personDb)} dBFS`, ...MOMENTS_S.map(afterS => one({ room, personDb }, afterS))
  ]))
  table(["a person", ...MOMENTS_S.map(afterS => `${afterS} s`)], rows)
}

function people(Guard) {
  const cell = where =>
    [talks.firstAnswers(() => made(Guard), where), talks.laterAnswers(made(Guard), where)].map(inTime).join(" / ")
  const ways = ECHOES.flatMap(echoDb => echoDb === -Infinity ? [[echoDb, 0]] : [[echoDb, 100], [echoDb, 450]])
  for (const [room, where] of Object.entries(ROOMS)) {
    console.log(
      `\nA person ${where}: of ${TURNS}, heard within ${1000 * IN_TIME_S} ms (first answer / from the tenth on)\n`
    )
    const rows = ways.map(([echoDb, delayMs]) => [
      echoDb === -Infinity ? "none" : `${named(echoDb)}, ${delayMs} ms`,
      ...PEOPLE.map(personDb => cell({ room, echoDb, delayMs, personDb }))
    ])
    table(["echo", ...PEOPLE.map(db => `${level(db)} dBFS`)], rows)
  }
}

/** Of a block of 128 samples at 48 kHz, where something is heard and something played in nearly all of them. */
function cost(Guard) {
  for (const [when, blocks] of Object.entries({ "in a call's first two seconds of playback": 700, later: Infinity })) {
    const took = timed(Guard, blocks).sort((one, other) => one - other)
    const [half, max] = [0.5, 0.99].map(share => took[Math.floor(share * took.length)].toFixed(1))
    const mean = took.reduce((sum, one) => sum + one, 0) / took.length
    console.log(`\nA block of 2.7 ms ${when}: median ${half} µs, 99 % within ${max} µs, mean ${mean.toFixed(1)} µs`)
  }
}

/** In microseconds, with another guard after so many blocks. */
function timed(Guard, blocks) {
  const loudness = seed => seed % 100 < 80 ? 0.1 : 0.001
  const block = seed => Float32Array.from({ length: 128 }, (_, i) => loudness(seed) * Math.sin(seed * i))
  const sound = Array.from({ length: 750 }, (_, seed) => block(seed))
  const took = []
  let guard = made(Guard, 48000)
  for (let i = 0; i < BLOCKS.warm + BLOCKS.measured; i++) {
    if (i % blocks === 0) guard = made(Guard, 48000)
    const began = performance.now()
    guard.hear(sound[i % sound.length], sound[(i + 30) % sound.length])
    if (i >= BLOCKS.warm) took.push(1000 * (performance.now() - began))
  }
  return took
}

const PARTS = { echo, cancelled, people, moments, cost }
for (const [title, path] of Object.entries({ ...(before && { before }), now: resolve(import.meta.dirname, "..") })) {
  const { EchoGuard } = await import(resolve(path, "voiceapp/static/js/audio/echo-guard.js"))
  console.log(`\n## ${title}`)
  for (const [part, measure] of Object.entries(PARTS)) if (!only || only === part) measure(EchoGuard)
}
