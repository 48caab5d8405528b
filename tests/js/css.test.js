import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"

const FOLDER = new URL("../../voiceapp/static/css/", import.meta.url)
const PHYSICAL =
  /(?<![\w-])(left|right|(margin|padding|border)-(left|right)|(text-align|float|clear):\s*(left|right))\s*[:;]/
const FOUR_SIDES = /(?<![\w-])(?:margin|padding|inset): ([^;{}]+);/g

/** The parts of a shorthand: a function's own spaces part nothing. */
const parts = value => value.match(/(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s()])+/g)

for (const file of readdirSync(FOLDER)) {
  test(`${file} says where something stands by the direction of reading, not by left and right`, () => {
    for (const line of readFileSync(new URL(file, FOLDER), "utf8").split("\n")) {
      assert.doesNotMatch(line, PHYSICAL)
      for (const [, value] of line.matchAll(FOUR_SIDES)) {
        const [, right, , left] = parts(value)
        // A notch is on the same side for everyone, and the middle in the middle.
        if (left && right !== left && !value.includes("safe-area") && !line.includes("translate: -50%"))
          assert.fail(line.trim())
      }
    }
  })
}
