import assert from "node:assert/strict"
import { test } from "node:test"
import { Outgoing } from "../../../voiceapp/static/js/call/outgoing.js"

function outgoing() {
  const transport = { live: true, open: true, sendSound() { return this.open } }
  const stats = { chunksSent: 0, chunksDropped: 0 }
  const said = []
  const notices = { add: ({ code }) => said.push(`+${code}`), over: end => said.push(`-${end}`) }
  return { out: new Outgoing(transport, stats, notices), transport, stats, said }
}

const times = (count, action) => { for (let i = 0; i < count; i++) action() }
const block = () => new Int16Array(960)

test("drops are counted and said once, until sound goes up again for a while", () => {
  const { out, transport, stats, said } = outgoing()
  transport.open = false
  times(50, () => out.take(block()))
  assert.deepEqual(said, ["+sound_dropped"])
  transport.open = true
  times(74, () => out.take(block()))
  assert.deepEqual(said, ["+sound_dropped"])
  out.take(block())
  assert.deepEqual(said, ["+sound_dropped", "-soundThrough"])
  assert.deepEqual(stats, { chunksSent: 75, chunksDropped: 50 })
})

test("while the connection is lost nobody is told twice", () => {
  const { out, transport, stats, said } = outgoing()
  Object.assign(transport, { live: false, open: false })
  out.take(block())
  assert.deepEqual(said, [])
  assert.equal(stats.chunksDropped, 1)
})

test("what the gate keeps is neither sent nor dropped", () => {
  const { out, stats } = outgoing()
  out.reset(true)
  out.take(block())
  assert.deepEqual(stats, { chunksSent: 0, chunksDropped: 0 })
})
