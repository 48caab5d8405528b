import assert from "node:assert/strict"
import { test } from "node:test"
import { moving, whenLeft } from "../../../voiceapp/static/js/views/menu.js"

class Menu extends EventTarget {
  value = "a"
  attributes = new Set()
  setAttribute(name) { this.attributes.add(name) }
  removeAttribute(name) { this.attributes.delete(name) }
  hasAttribute(name) { return this.attributes.has(name) }

  /** A key that moves, as in a browser: the value is another, and the menu says so. */
  move(value) {
    this.press("ArrowDown")
    this.value = value
    this.dispatchEvent(new Event("change"))
  }

  press(key) { this.dispatchEvent(Object.assign(new Event("keydown"), { key })) }
}

function made() {
  const page = new EventTarget()
  globalThis.addEventListener = page.addEventListener.bind(page)
  const menu = new Menu()
  const chosen = []
  whenLeft(menu, () => chosen.push(menu.value))
  return { menu, chosen, page }
}

for (const [how, leave] of [
  ["Enter", ({ menu }) => menu.press("Enter")], ["Tab", ({ menu }) => menu.press("Tab")],
  ["a click elsewhere", ({ menu }) => menu.dispatchEvent(new Event("blur"))],
  ["a page that goes", ({ page }) => page.dispatchEvent(new Event("pagehide"))]
]) test(`a menu that keys walk through counts once, with ${how}, and only where it is another`, () => {
  const all = made()
  const { menu, chosen } = all
  for (const value of ["b", "c", "d"]) menu.move(value)
  assert.ok(moving(menu))
  assert.deepEqual(chosen, [])
  leave(all)
  assert.deepEqual([chosen, moving(menu)], [["d"], false])
  menu.move("b")
  menu.move("d")
  leave(all)
  assert.deepEqual(chosen, ["d"])
})

test("what is chosen with a finger or a mouse counts at once", () => {
  const { menu, chosen } = made()
  menu.dispatchEvent(new Event("pointerdown"))
  menu.value = "c"
  menu.dispatchEvent(new Event("change"))
  assert.deepEqual(chosen, ["c"])
})
