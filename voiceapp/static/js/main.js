// Starts the page in the language the server chose for it.

import { Words } from "./i18n.js"
import { Page } from "./page.js"

const YEAR_S = 365 * 24 * 3600

const language = document.documentElement.lang
const asked = new URLSearchParams(location.search).get("lang")
if (asked === language) document.cookie = `language=${language}; path=/; max-age=${YEAR_S}; samesite=lax`

const page = new Page(await Words.load(language))
page.start()
Object.assign(window, { voiceapp: { stats: () => page.snapshot() } })
document.body.toggleAttribute("data-ready", true)
