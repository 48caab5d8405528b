// The line between two entries of a talk, with what it says.

import { element } from "./element.js"

/** Of a separator, screen readers read its name and not what is in it. @param {string} text */
export function separator(text) {
  return element("div", { class: "break", role: "separator", "aria-label": text }, text)
}
