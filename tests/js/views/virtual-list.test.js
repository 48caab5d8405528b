import assert from "node:assert/strict"
import { test } from "node:test"
import { inSight } from "../../../voiceapp/static/js/views/virtual-list.js"

test("only the rows in sight, and some around them, are drawn", () => {
  assert.deepEqual(inSight({ count: 50000, rowHeight: 40, scrollTop: 0, height: 400 }), { first: 0, end: 16 })
  const middle = inSight({ count: 50000, rowHeight: 40, scrollTop: 1000020, height: 400 })
  assert.deepEqual([middle.first, middle.end], [24994, 25017])
  const end = inSight({ count: 50000, rowHeight: 40, scrollTop: 2000000 - 400, height: 400 })
  assert.equal(end.end, 50000)
  assert.deepEqual(inSight({ count: 0, rowHeight: 40, scrollTop: 500, height: 400 }), { first: 0, end: 0 })
})
