// A file for the person to keep.

import { element } from "./element.js"

/** @param {{name: string, blob: Blob}} file */
export function save({ name, blob }) {
  const address = URL.createObjectURL(blob)
  element("a", { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60000)
}
