// Starts the page in the language the server chose for it.

import { ROOT, address } from "./browser/addresses.js"
import { Words } from "./browser/i18n.js"
import { Page } from "./page.js"

const WORKER_MS = 3000
const YEAR_S = 365 * 24 * 3600

const language = document.documentElement.lang
const asked = new URLSearchParams(location.search).get("lang")
if (asked === language) document.cookie = `language=${language}; path=${ROOT.pathname}; max-age=${YEAR_S}; samesite=lax`

const page = new Page(await Words.load(language, navigator.languages))
page.start()
await page.homeView.renderLast()
Object.assign(window, { voiceapp: { stats: () => page.snapshot() } })
document.body.toggleAttribute("data-ready", true)
// What boot.js said of an error that was not the page's, such as an extension's.
document.querySelector('#broken[data-cause="missing"]')?.toggleAttribute("hidden", true)

// Later: what is needed for a call comes first.
function later() {
  if (page.callActive) setTimeout(later, WORKER_MS)
  else navigator.serviceWorker?.register(address("worker.js")).catch(() => {})
}
setTimeout(later, WORKER_MS)
// A page that is there without its server has been kept by the worker.
if (navigator.serviceWorker?.controller)
  fetch(address("healthz")).catch(() => page.notices.add({ code: "server_away" }))
