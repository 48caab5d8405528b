// Looks that come later than the page.

import { element } from "./element.js"

/** Once it holds; rejected where it cannot be had. @param {URL} address @returns {Promise<unknown>} */
export function addStylesheet(address) {
  const link = element("link", { rel: "stylesheet", href: address.href })
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve)
    link.addEventListener("error", reject)
  })
  document.head.append(link)
  return loaded
}
