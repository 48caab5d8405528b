import assert from "node:assert/strict"
import { test } from "node:test"
import { canGoOn, partsIn, shownPast } from "../../../voiceapp/static/js/history/past-talk.js"
import { ABOUT, entry } from "../support/kept-talk.js"

const DAY_MS = 86_400_000
const talkOf = (entries, more = {}) => ({
  ...ABOUT, length: 9000, ...more,
  entries: entries.map(([id, at, about]) => ({ ...entry(id, "user", `said ${id}`), at, end: at + 500, ...about }))
})

test("a talk goes on where there are words in it, said and heard", () => {
  assert.equal(canGoOn(talkOf([["u", 0]])), true)
  for (const about of [
    { text: "" }, { text: " \n" }, { role: "tool", tool: { name: "look" } }, { role: "assistant", heard: "" },
    { text: "", failed: true }
  ]) assert.equal(canGoOn(talkOf([["u", 0, about]])), false)
  assert.equal(canGoOn(talkOf([])), false)
})

test("call by call it stands above, at the times of its days, with its breaks", () => {
  const again = { kind: "again", at: 7 }
  const talk = talkOf(
    [["u", 1000, { breaks: [again] }], ["1/u", 3000, { part: 1 }], ["3/u", 9500, { part: 3 }]],
    { sittings: [{ at: 9000, began: ABOUT.began + DAY_MS }] }
  )
  const { parts, of } = shownPast(talk)
  assert.equal(of, ABOUT.began + DAY_MS)
  assert.equal(partsIn(talk), 4)
  assert.deepEqual(parts.map(entries => entries.map(({ id, at }) => [id, at - ABOUT.began])), [
    [["u", 1000]], [["1/u", 3000]], [], [["3/u", DAY_MS + 500]]
  ])
  assert.deepEqual(parts.flat().map(({ breaks }) => breaks), [[again], [{ kind: "call" }], []])
  assert.deepEqual([parts[0][0].final, parts[0][0].failed, parts[0][0].incomplete], [true, false, null])
})
