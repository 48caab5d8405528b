import assert from "node:assert/strict"
import { test } from "node:test"
import { resultOf } from "../../../voiceapp/static/js/models/tool-result.js"

const tool = state => ({ name: "weather", arguments: "{}", state })
const shown = (result, more = {}) => resultOf({ ...tool("done"), result, ...more })

test("what it brought is a text, fields, a list or a table", () => {
  assert.deepEqual(shown(" Sunny. "), { kind: "text", text: "Sunny." })
  assert.deepEqual(shown("12"), { kind: "text", text: "12" })
  assert.deepEqual(shown('{"utc_offset": "+0900", "isDry": true, "none": null, "in": {"a": 1, "b": [2, 3]}}'), {
    kind: "fields", fields: [["Utc offset", "+0900"], ["Is dry", true], ["In", "a: 1, b: 2, 3"]], more: 0
  })
  assert.deepEqual(shown('["hat", 3]'), { kind: "list", items: ["hat", 3], more: 0 })
  assert.deepEqual(shown('{"found": [{"name": "hat"}, {"name": "bag"}]}'), { kind: "list", items: ["hat", "bag"], more: 0 })
  assert.deepEqual(shown('[{"name": "hat", "price": 12}, {"name": "bag"}]'), {
    kind: "table", columns: ["Name", "Price"], rows: [["hat", 12], ["bag", ""]], more: 0
  })
  assert.equal(shown(JSON.stringify([...Array(30).keys()])).more, 22)
  for (const none of [
    "", " ", "[]", "null", '""', '" "', "{}", '{"a": null}', '{"results": []}', "[{}, {}]", "[null, null]", '[[], {"a": {}}]'
  ]) assert.deepEqual(shown(none), { kind: "nothing" })
  assert.deepEqual(shown('{"text": "cut he…'), { kind: "long" })
  assert.deepEqual(shown("Say goodbye.", { shows: false }), { kind: "nothing" })
  assert.deepEqual(resultOf({ ...tool("running"), result: "x" }), { kind: "nothing" })
})

test("what went wrong is said, by the page where the tool has no words of its own", () => {
  assert.deepEqual(shown('{"error": "There is no time zone X."}'), { kind: "error", text: "There is no time zone X.", fault: "" })
  assert.deepEqual(shown("Error: that divides by zero.", { shows: false }), { kind: "error", text: "that divides by zero.", fault: "" })
  const failed = { state: "failed" }
  assert.deepEqual(shown('{"error": "The tool failed."}', { ...failed, fault: "failed" }), { kind: "error", text: "", fault: "failed" })
  assert.deepEqual(shown('{"error": {"message": "No such town."}}', failed), { kind: "error", text: "No such town.", fault: "failed" })
  assert.deepEqual(shown("Unavailable", failed), { kind: "error", text: "Unavailable", fault: "failed" })
  assert.deepEqual(shown("", failed), { kind: "error", text: "", fault: "failed" })
})
