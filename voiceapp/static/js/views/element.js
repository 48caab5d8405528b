// Elements, without a library.

import { sentences } from "../text/sentences.js"

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean>} [attributes] true for one without a value; false for none
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) made.setAttribute(name, value === true ? "" : value)
  made.append(...children)
  return made
}

/**
 * The element of the page with this id. The template holds it.
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function find(id, kind) {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`The page has no #${id}`)
  return found
}

/**
 * Only where it differs, so that nothing is announced twice.
 * @param {Element} target
 * @param {string} text
 */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text
}

/**
 * Likewise, and broken between its sentences rather than within one.
 * @param {Element} target
 * @param {string} text
 */
export function writeSentences(target, text) {
  if (target.textContent === text) return
  const { finished, rest } = sentences(text)
  target.replaceChildren(...[...finished, rest].filter(Boolean).flatMap(part => {
    const said = part.trimEnd()
    return [element("span", { class: "sentence" }, said), part.slice(said.length)]
  }))
}

/** An icon of the sheet in the template. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `#icon-${name}`)
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  svg.append(use)
  return svg
}
