// Looks that come later than the page.

import { element } from "./element.js"

/** Once it holds; rejected where it cannot be had now. @param {URL} address */
export async function addStylesheet({ href }) {
  const known = /** @type {HTMLLinkElement | null} */ (document.head.querySelector(`link[href="${href}"]`))
  if (known?.sheet) return
  const link = known ?? element("link", { rel: "stylesheet", href })
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve)
    link.addEventListener("error", reject)
  })
  if (!known) document.head.append(link)
  await loaded.catch(error => { link.remove(); throw error })
}
