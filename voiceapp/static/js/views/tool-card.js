// The card of what a tool brought: to be read at a glance. Links are offered and never followed by themselves; no
// picture is fetched, one that came with the result stands as a thumbnail.

import { resultOf } from "../models/tool-result.js"
import { element } from "./element.js"

const URLS = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]]/g
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=]+$/

/** What was the matter. @type {Record<string, string>} */
const FAULTS = {
  failed: "tool.fault.failed", timed_out: "tool.fault.timed_out", busy: "tool.fault.busy",
  stopped: "tool.fault.stopped", missing: "tool.fault.missing"
}

/** @typedef {import("../models/tool-result.js").Value} Value */
/** @typedef {import("../models/tool-result.js").Shown} Shown */
/** @typedef {import("../browser/i18n.js").Words} Words */

/**
 * @param {import("../models/tool.js").Tool} tool
 * @param {Words} words
 * @returns {HTMLElement | null} none where there is nothing to see
 */
export function toolCard(tool, words) {
  const shown = resultOf(tool)
  if (shown.kind === "nothing") return null
  const more = "more" in shown && shown.more > 0
    ? [element("p", { class: "more" }, words.say("tool.more", { count: shown.more }))]
    : []
  const card = { class: "card", "data-kind": shown.kind, "aria-live": "off" }
  return element("div", card, contentOf(shown, words), ...more)
}

/** @param {Exclude<Shown, {kind: "nothing"}>} shown @param {Words} words */
function contentOf(shown, words) {
  const cell = (/** @type {"li" | "dd" | "td"} */ tag, /** @type {Value} */ value) =>
    element(tag, { dir: "auto" }, ...partsOf(value, words))
  switch (shown.kind) {
    case "long": return element("p", {}, words.say("tool.long"))
    case "error": return element("p", { dir: "auto" }, shown.text || words.say(FAULTS[shown.fault]))
    case "text": return element("p", { class: "clamped", dir: "auto" }, ...partsOf(shown.text, words))
    case "list": return element("ul", {}, ...shown.items.map(item => cell("li", item)))
    case "fields": return element("dl", {}, ...shown.fields.flatMap(
      ([name, value]) => [element("dt", { dir: "auto" }, name), cell("dd", value)]
    ))
    case "table": return tableOf(shown.columns, shown.rows.map(row => row.map(value => cell("td", value))), words)
  }
}

/** It may scroll sideways. @param {string[]} columns @param {HTMLElement[][]} rows @param {Words} words */
function tableOf(columns, rows, words) {
  const head = columns.map(name => element("th", { scope: "col", dir: "auto" }, name))
  const table = element(
    "table", {}, element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map(cells => element("tr", {}, ...cells)))
  )
  const label = words.say("transcript.tool.result")
  return element("div", { class: "table", tabindex: "0", role: "group", "aria-label": label }, table)
}

/** @param {Value} value @param {Words} words @returns {(Node | string)[]} */
function partsOf(value, words) {
  if (typeof value === "boolean") return [words.say(value ? "tool.yes" : "tool.no")]
  const text = String(value)
  if (PICTURE.test(text)) return [element("img", { class: "thumbnail", src: text, alt: words.say("tool.picture") })]
  const parts = []
  let from = 0
  for (const { 0: url, index } of text.matchAll(URLS)) {
    parts.push(text.slice(from, index), linkTo(url))
    from = index + url.length
  }
  return [...parts, text.slice(from)]
}

/** @param {string} url */
function linkTo(url) {
  const shown = url.replace(/^https?:\/\/(www\.)?/, "")
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, shown)
}
