// What a tool brought, as something to look at: a text, a few fields, a list, a table, or what went wrong.

import { inWords, parsed } from "./tool.js"

/** What is shown of it; all of it is behind it. */
const MAX_FIELDS = 12, MAX_ROWS = 8, MAX_COLUMNS = 4
const CUT = "…"

/** @typedef {string | number | boolean} Value */
/**
 * @typedef {{kind: "nothing"} | {kind: "long"} | {kind: "error", text: string, fault: string}
 *   | {kind: "text", text: string} | {kind: "fields", fields: [string, Value][], more: number}
 *   | {kind: "list", items: Value[], more: number}
 *   | {kind: "table", columns: string[], rows: Value[][], more: number}} Shown
 */

/** @param {import("./tool.js").Tool} tool @returns {Shown} */
export function resultOf(tool) {
  if (tool.state === "failed") return failureOf(tool)
  return tool.state === "done" ? successOf(tool) : { kind: "nothing" }
}

/** @param {import("./tool.js").Tool} tool @returns {Shown} */
function successOf({ result = "", shows = true }) {
  const value = parsed(result)
  const error = errorIn(value, result)
  if (error) return { kind: "error", text: error, fault: "" }
  if (!shows || !result.trim() || bare(value)) return { kind: "nothing" }
  return value === undefined ? textOf(result) : shownOf(value)
}

/** @param {string} result @returns {Shown} */
function textOf(result) {
  return cutJson(result) ? { kind: "long" } : { kind: "text", text: result.trim() }
}

/** @param {import("./tool.js").Tool} tool @returns {Shown} */
function failureOf({ result = "", fault }) {
  if (fault) return { kind: "error", text: "", fault }
  const value = parsed(result)
  const text = errorIn(value, result) || (value === undefined ? result.trim() : "")
  return { kind: "error", text, fault: "failed" }
}

/** The words of one, if it is one. @param {any} value @param {string} text @returns {string} */
function errorIn(value, text) {
  const told = value?.error?.message ?? value?.error
  return typeof told === "string" ? told : /^Error:\s*(.+)/s.exec(text)?.[1] ?? ""
}

/** @param {string} text */
const cutJson = text => /^\s*[[{]/.test(text) && text.endsWith(CUT)

/** @param {any} value @returns {Shown} */
function shownOf(value) {
  if (Array.isArray(value)) return listOf(value)
  if (typeof value !== "object") return { kind: "text", text: String(value) }
  const entries = Object.entries(value).filter(([, each]) => !empty(each))
  // What holds nothing but a list is that list.
  if (entries.length === 1 && Array.isArray(entries[0][1])) return listOf(entries[0][1])
  return {
    kind: "fields", fields: entries.slice(0, MAX_FIELDS).map(([name, each]) => [named(name), plain(each)]),
    more: Math.max(0, entries.length - MAX_FIELDS)
  }
}

/** @param {any[]} values @returns {Shown} */
function listOf(values) {
  const [shown, more] = [values.slice(0, MAX_ROWS), Math.max(0, values.length - MAX_ROWS)]
  const rows = shown.every(each => each && typeof each === "object" && !Array.isArray(each))
  if (!rows) return { kind: "list", items: shown.map(plain), more }
  const names = [...new Set(shown.flatMap(Object.keys))].filter(name => !shown.every(row => empty(row[name])))
  if (names.length === 1) return { kind: "list", items: shown.map(row => plain(row[names[0]] ?? "")), more }
  const columns = names.slice(0, MAX_COLUMNS)
  const cells = shown.map(row => columns.map(name => plain(row[name] ?? "")))
  return { kind: "table", columns: columns.map(named), rows: cells, more }
}

/** Nothing in it is to be seen, however deep. @param {unknown} value @returns {boolean} */
function bare(value) {
  if (typeof value === "string") return value.trim() === ""
  return value === null || (typeof value === "object" && Object.values(value).every(bare))
}

/** @param {unknown} value */
const empty = value => value === null || value === undefined || value === ""

/** In one place. @param {any} value @returns {Value} */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(", ")
  if (value && typeof value === "object")
    return Object.entries(value).map(([name, each]) => `${inWords(name)}: ${plain(each)}`).join(", ")
  return value ?? ""
}

/** @param {string} name */
function named(name) {
  const words = inWords(name)
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
