// What a person typed is on the screen, in the conversation, on its way or in the box again, whatever happens.
import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { MAX_BYTES, Outbox, excess } from "../../../voiceapp/static/js/call/outbox.js"
import { Place, settle } from "../support/call.js"
import { random } from "../support/speech.js"

const STORE = {
  write: async () => {}, writeSound: async () => {}, remove: async () => {}, removeSound: async () => {},
  all: async () => []
}

function place() {
  const box = []
  const made = new Place(STORE, {}, { textsUnsent: texts => box.push(...texts) })
  const inTalk = () => made.transcript.entries.flat().filter(({ role }) => role === "user").map(({ text }) => text)
  const held = () => made.call.outbox.all.map(({ text }) => text)
  const sent = () => made.line.said.filter(([event]) => event === "text").map(([, { text }]) => text)
  return Object.assign(made, { box, inTalk, held, sent, n: 0 })
}

/** The server has it. */
function arrive(made, text) {
  const id = `t${++made.n}`
  made.come("transcript", made.n * 2, { item: id, text, final: true })
  made.come("item", made.n * 2 + 1, { id, role: "user", after: null, kind: "text" })
}

test("a text stays on the screen until it stands in the conversation", async () => {
  const made = place()
  await made.begin()
  made.call.say("Hello")
  assert.deepEqual([made.held(), made.sent(), made.call.outbox.all[0].state], [["Hello"], ["Hello"], "sent"])
  arrive(made, "Hello")
  assert.deepEqual([made.held(), made.inTalk()], [[], ["Hello"]])
})

test("typed into a line that is dead, it goes out once the line is back", async () => {
  const made = place()
  await made.begin()
  made.call.say("Into the dark")
  made.lose()
  made.call.say("While it is away")
  assert.deepEqual(made.call.outbox.all.map(({ state }) => state), ["waiting", "waiting"])
  await made.go()
  assert.deepEqual(made.sent(), ["Into the dark", "Into the dark", "While it is away"])
  arrive(made, "Into the dark")
  arrive(made, "While it is away")
  assert.deepEqual(made.held(), [])
})

test("typed while the line is away, and hung up: it is in the box again", async () => {
  const made = place()
  await made.begin()
  made.call.say("On its way")
  made.lose()
  made.call.say("Too late")
  made.call.stop()
  await settle()
  assert.deepEqual([made.box, made.held()], [["On its way", "Too late"], []])
})

test("refused as too fast, it is marked as not sent, and can be sent again", async () => {
  const made = place()
  await made.begin()
  made.call.say("One")
  made.call.say("Two")
  arrive(made, "One")
  made.come("notice", { code: "too_fast", message: "", retry: false, fatal: false })
  assert.deepEqual(made.call.outbox.all.map(({ text, state }) => [text, state]), [["Two", "unsent"]])
  made.call.outbox.again(made.call.outbox.all[0].n)
  assert.deepEqual(made.sent(), ["One", "Two", "Two"])
  arrive(made, "Two")
  assert.deepEqual(made.held(), [])
})

test("what does not arrive in time is marked as not sent; if it comes all the same, it is not there twice", async () => {
  const made = place()
  await made.begin()
  made.call.say("Slow")
  mock.timers.tick(10_000)
  assert.equal(made.call.outbox.all[0].state, "unsent")
  arrive(made, "Slow")
  assert.deepEqual([made.held(), made.inTalk()], [[], ["Slow"]])
})

test("what arrives changes nothing for another text, and a text said twice needs to arrive twice", async () => {
  const made = place()
  await made.begin()
  made.call.say("Yes")
  made.call.say("Yes")
  arrive(made, "Yes")
  made.come("transcript", 90, { item: "t1", text: "Yes", final: true })
  assert.deepEqual(made.held(), ["Yes"])
})

test("a text is measured as the server measures it, and 5,027 pasted characters are not too many", () => {
  assert.equal(excess("a".repeat(5027)), 0)
  assert.equal(excess("a".repeat(MAX_BYTES)), 0)
  assert.equal(excess("a".repeat(MAX_BYTES + 7)), 7)
  assert.equal(excess("語".repeat(2666)), 0)
  assert.equal(excess("語".repeat(2668)), 2)
})

test("an outbox tells of each change", () => {
  let told = 0
  const outbox = new Outbox({ live: false }, { outboxChanged: () => told++ })
  outbox.add("x")
  outbox.remove(0)
  assert.equal(told, 2)
})

const DOINGS = {
  say: (made, next, typed) => { const text = `Text ${typed.length}`; typed.push(text); made.call.say(text) },
  arrive: (made, next) => {
    const sent = made.line.connected ? made.call.outbox.all.filter(({ state }) => state !== "waiting") : []
    if (sent.length) arrive(made, sent[Math.floor(next() * sent.length)].text)
  },
  refuse: made => made.come("notice", { code: "too_fast", message: "", retry: false, fatal: false }),
  again: made => {
    const unsent = made.call.outbox.all.find(({ state }) => state === "unsent")
    if (unsent) made.call.outbox.again(unsent.n)
  },
  late: () => mock.timers.tick(4000),
  lose: made => { if (made.line.connected) made.lose() },
  go: made => made.go(),
  hangUp: made => made.call.stop(),
  ended: made => { if (made.call.callState.live) made.come("ended", { reason: "idle" }) },
  refusedCall: made => { if (made.call.callState.phase === "connecting") made.call.reports.callRefused({ code: "busy" }) }
}

/** What reached the server, as far as it did when the line was lost: each once, by its number. */
function take(made, upTo = Infinity) {
  for (const [event, data] of made.line.said) {
    if (event !== "text" || data.n !== made.taken + 1 || made.taken >= upTo) continue
    made.taken++
    made.got.push(data.text)
  }
  made.line.said = made.line.said.filter(([event]) => event !== "text")
}

for (let seed = 1; seed <= 30; seed++) {
  test(`typed in a call that outlives its line, each text reaches the server once and in order (walk ${seed})`, async () => {
    const made = place()
    made.ready = { ...made.ready, token: "t", grace_s: 30 }
    const next = random(seed * 7919)
    made.got = []
    await made.begin()
    const typed = []
    const doings = [
      () => { typed.push(`Text ${typed.length}`); made.call.say(typed.at(-1)) },
      () => { if (made.line.connected) { take(made); made.come("ack", made.taken) } },
      () => {
        if (!made.line.connected) return
        take(made, made.taken + Math.floor(3 * next()))
        made.lose()
      },
      () => made.go(),
      () => {
        const [text] = made.got.filter(each => !made.inTalk().includes(each))
        if (text && made.line.connected) arrive(made, text)
      }
    ]
    for (let step = 0; step < 80; step++) {
      await doings[Math.floor(next() * doings.length)]()
      assert.deepEqual([...made.inTalk(), ...made.held()].sort(), [...typed].sort(), `${step}`)
    }
    await made.go()
    take(made)
    assert.deepEqual(made.got, typed)
    made.call.stop()
    await made.go()
    made.leave()
  })
}

for (let seed = 1; seed <= 30; seed++) {
  test(`whatever happens, each text that was typed is somewhere to be read, and once (walk ${seed})`, async () => {
    const made = place()
    const next = random(seed * 104729)
    const typed = []
    for (let step = 0; step < 50; step++) {
      const names = Object.keys(DOINGS)
      const name = next() < 0.35 ? "say" : names[Math.floor(next() * names.length)]
      await DOINGS[name](made, next, typed)
      const places = [...made.inTalk(), ...made.held(), ...made.box].sort()
      assert.deepEqual(places, [...typed].sort(), `${step} ${name}`)
    }
    made.call.stop()
    await made.go()
    assert.deepEqual(made.held(), [])
    made.leave()
  })
}
