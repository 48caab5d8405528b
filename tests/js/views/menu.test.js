import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { moving, whenLeft, whenRested } from "../../../voiceapp/static/js/views/menu.js"

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

class Radios {
  page = new EventTarget()
  chosen = []

  constructor() {
    globalThis.addEventListener = this.page.addEventListener.bind(this.page)
    this.all = ["a", "b", "c"].map(value => Object.assign(new Menu(), { value, checked: value === "a" }))
    whenRested(this.all, () => this.chosen.push(this.value))
  }

  get value() { return this.all.find(({ checked }) => checked).value }

  /** As in a browser: the next one has the focus, and is chosen. */
  move() {
    const at = this.all.findIndex(({ checked }) => checked)
    const [from, to] = [this.all[at], this.all[(at + 1) % this.all.length]]
    from.press("ArrowDown")
    from.dispatchEvent(Object.assign(new Event("blur"), { relatedTarget: to }))
    this.choose(to)
  }

  choose(to) {
    for (const each of this.all) each.checked = each === to
    to.dispatchEvent(new Event("change"))
  }
}

test("radio buttons that arrow keys walk through count once, when the keys have rested or they are left", () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const radios = new Radios()
  radios.move()
  mock.timers.tick(900)
  radios.move()
  mock.timers.tick(900)
  assert.deepEqual([radios.chosen, radios.all.every(moving)], [[], true])
  mock.timers.tick(200)
  assert.deepEqual([radios.chosen, radios.all.some(moving)], [["c"], false])
  radios.move()
  radios.all[0].dispatchEvent(Object.assign(new Event("blur"), { relatedTarget: null }))
  assert.deepEqual(radios.chosen, ["c", "a"])
  radios.move()
  radios.all[1].press("Tab")
  mock.timers.tick(5000)
  assert.deepEqual(radios.chosen, ["c", "a", "b"])
  mock.timers.reset()
})

test("a radio button that is pressed, with a finger or the space bar, counts at once", () => {
  const radios = new Radios()
  radios.all[1].dispatchEvent(new Event("pointerdown"))
  radios.choose(radios.all[1])
  radios.all[2].press(" ")
  radios.choose(radios.all[2])
  assert.deepEqual(radios.chosen, ["b", "c"])
})

test("what is chosen with a finger or a mouse counts at once", () => {
  const { menu, chosen } = made()
  menu.dispatchEvent(new Event("pointerdown"))
  menu.value = "c"
  menu.dispatchEvent(new Event("change"))
  assert.deepEqual(chosen, ["c"])
})
