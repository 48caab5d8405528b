import assert from "node:assert/strict"
import { test } from "node:test"
import { Shortcuts } from "../../../voiceapp/static/js/browser/shortcuts.js"

function keys(useful = true) {
  const told = []
  const target = new EventTarget()
  new Shortcuts(target, {
    escapePressed: () => told.push("escape"), spacePressed: () => { told.push("down"); return useful },
    spaceReleased: () => told.push("up")
  }).start()
  const send = (type, key, more = {}, from = null) => {
    const event = Object.assign(new Event(type, { cancelable: true }), { key, ...more })
    if (from)
      Object.defineProperty(event, "target", { value: { closest: selector => selector.split(", ").includes(from) } })
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  return { send, told }
}

test("the space bar talks while it is held, and does not scroll", () => {
  const { send, told } = keys()
  assert.ok(send("keydown", " "))
  assert.ok(send("keydown", " ", { repeat: true }))
  assert.ok(send("keyup", " "))
  assert.deepEqual(told, ["down", "up"])
})

test("of no use, it is left to the browser", () => {
  const { send, told } = keys(false)
  assert.ok(!send("keydown", " "))
  assert.ok(!send("keyup", " "))
  assert.deepEqual(told, ["down"])
})

for (const control of ["textarea", "input", "select", "button", "[contenteditable]"]) {
  test(`in a ${control} it is not ours`, () => {
    const { send, told } = keys()
    assert.ok(!send("keydown", " ", {}, control))
    assert.deepEqual(told, [])
  })
}

test("a shortcut with it is not ours either", () => {
  const { send, told } = keys()
  send("keydown", " ", { ctrlKey: true })
  send("keydown", "Escape", { isComposing: true })
  send("keydown", "Escape", { keyCode: 229 })
  send("keydown", " ", { keyCode: 229 })
  assert.deepEqual(told, [])
  send("keydown", "Escape")
  assert.deepEqual(told, ["escape"])
})

test("a key that is held down presses a button once", () => {
  const { send } = keys()
  assert.ok(!send("keydown", "Enter", {}, "button"))
  assert.ok(send("keydown", "Enter", { repeat: true }, "button"))
  assert.ok(!send("keydown", "Enter", { repeat: true }, "textarea"))
})
