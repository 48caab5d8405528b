import assert from "node:assert/strict"
import { test } from "node:test"
import { Page } from "../../voiceapp/static/js/page.js"

test("of a microphone that is muted the timeline draws no voice, though its level is shown", () => {
  const levels = { drawn: [], shown: [] }
  const page = {
    call: { muted: false }, callLog: { levelMeasured: peak => levels.drawn.push(peak) },
    settingsView: { devicesView: { renderLevel: peak => levels.shown.push(peak) } }
  }
  for (page.call.muted of [false, true]) Page.prototype.levelMeasured.call(page, 0.5)
  assert.deepEqual(levels, { drawn: [0.5, 0], shown: [0.5, 0.5] })
})
