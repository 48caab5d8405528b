import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { TurnRules } from "../../voiceapp/static/js/turn-rules.js"

function rules() {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
  const sent = []
  const transport = { live: true, start: wishes => sent.push(["start", wishes]), configure: wishes => sent.push(["configure", wishes]) }
  const choices = { turn: undefined }
  return { rules: new TurnRules(transport, choices), transport, choices, sent }
}

test("a call starts with what was chosen, or with nothing", () => {
  const { rules: made, choices, sent } = rules()
  made.start()
  choices.turn = { mode: "push_to_talk" }
  made.start()
  assert.deepEqual(sent, [["start", {}], ["start", { turn: { mode: "push_to_talk" } }]])
})

test("a slider's many steps are told once, when it stands still", () => {
  const { rules: made, choices, sent } = rules()
  for (const silence of [600, 700, 800]) {
    choices.turn = { mode: "server_vad", silence_ms: silence }
    made.choiceChanged("silence_ms")
    mock.timers.tick(150)
  }
  mock.timers.tick(100)
  assert.deepEqual(sent, [["configure", { turn: { mode: "server_vad", silence_ms: 800 } }]])
  made.choiceChanged("volume")
  made.choiceChanged("mode")
  mock.timers.tick(500)
  assert.equal(sent.length, 1)
})

test("what changed before the call was live is told once it is", () => {
  const { rules: made, transport, choices, sent } = rules()
  made.start()
  transport.live = false
  choices.turn = { mode: "semantic_vad" }
  made.choiceChanged("mode")
  mock.timers.tick(10)
  assert.equal(sent.length, 1)
  transport.live = true
  made.tell()
  assert.deepEqual(sent.at(-1), ["configure", { turn: { mode: "semantic_vad" } }])
})
