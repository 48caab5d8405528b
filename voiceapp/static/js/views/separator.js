// The line between two entries of a talk, with what it says.

import { element } from "./element.js"

/** Of a separator, screen readers read its name and not what is in it. @param {string[]} said what, and when */
export function separator([what, ...when]) {
  const said = element("span", {}, what, ...when.flatMap(time => [" ", element("time", {}, time)]))
  return element("div", { class: "break", role: "separator", "aria-label": [what, ...when].join(" · ") }, said)
}
