import assert from "node:assert/strict"
import { test } from "node:test"
import { Tabs } from "../../voiceapp/static/js/tabs.js"

/** Tabs of one browser; what one says all others hear when `deliver` is called, as over a BroadcastChannel. */
function browser(...names) {
  const waiting = []
  const tabs = names.map(name => {
    const channel = { onmessage: null, postMessage: data => waiting.push([channel, data]) }
    return Object.assign(new Tabs(channel, name, { callTaken() { tabs.find(tab => tab.name === name).taken = true } }), { taken: false })
  })
  const deliver = () => {
    for (const [from, data] of waiting.splice(0)) for (const { channel } of tabs) if (channel !== from) channel.onmessage({ data })
  }
  return { tabs, deliver }
}

test("a call ends where it was when one begins in another tab", () => {
  const { tabs: [one, other, third], deliver } = browser("a", "b", "c")
  one.claim(1)
  deliver()
  other.claim(2)
  deliver()
  assert.deepEqual([one.taken, other.taken, third.taken], [true, false, false])
})

test("it can be taken back", () => {
  const { tabs: [one, other], deliver } = browser("a", "b")
  one.claim(1)
  other.claim(2)
  deliver()
  one.claim(3)
  deliver()
  assert.deepEqual([one.mine?.at, other.mine, other.taken], [3, null, true])
})

test("of two that begin at once exactly one stays, whoever hears first", () => {
  for (const names of [["a", "b"], ["b", "a"]]) {
    const { tabs, deliver } = browser(...names)
    for (const tab of tabs) tab.claim(1)
    deliver()
    assert.deepEqual(tabs.filter(({ taken }) => !taken).map(({ name }) => name), ["b"])
  }
})

test("a tab without a call is left alone", () => {
  const { tabs: [one, other], deliver } = browser("a", "b")
  one.claim(1)
  one.release()
  other.claim(2)
  deliver()
  assert.equal(one.taken, false)
})

test("a real channel carries it", async () => {
  const channels = [new BroadcastChannel("calls"), new BroadcastChannel("calls")]
  await new Promise(callTaken => {
    new Tabs(channels[0], "a", { callTaken }).claim(1)
    new Tabs(channels[1], "b", { callTaken() {} }).claim(2)
  })
  for (const channel of channels) channel.close()
})
