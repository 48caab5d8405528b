// The page's words in one language, from one flat file. A text with a number may have several forms: `events_one`,
// `events_other`, and so on, by the language's own rules.

import { isolated } from "../text/bidi.js"

export class Words {
  /** @type {Map<string, Promise<void>>} by the part */
  coming = new Map()

  /**
   * @param {string} tag of the file
   * @param {Record<string, string>} strings
   * @param {string} [language] of dates and numbers
   */
  constructor(tag, strings, language = tag) {
    this.tag = tag
    this.language = language
    this.strings = strings
    this.direction = /** @type {import("../text/bidi.js").Direction} */ (strings["page.direction"] ?? "ltr")
    this.numbers = new Intl.NumberFormat(language)
    this.plurals = new Intl.PluralRules(language)
    this.times = new Intl.DateTimeFormat(language, { timeStyle: "short" })
  }

  /** @param {string} tag @param {readonly string[]} own of whoever reads */
  static async load(tag, own) {
    return new Words(tag, await file(tag), regional(tag, own))
  }

  /** Those of a part that is loaded later, once for all who want them. @param {string} part */
  more(part) {
    const coming = this.coming.get(part) ?? this.#load(part)
    this.coming.set(part, coming)
    return coming
  }

  /** @param {string} part */
  async #load(part) {
    try {
      Object.assign(this.strings, await file(`${this.tag}.${part}`))
    } catch (error) {
      // It may come another time.
      this.coming.delete(part)
      throw error
    }
  }

  /** @param {string} key */
  has(key) {
    return key in this.strings || `${key}_other` in this.strings
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  say(key, values = {}) {
    return (this.strings[key] ?? this.#form(key, values)).replace(/\{(\w+)\}/g, (_, name) => this.#show(values[name]))
  }

  /** The form for the first number among the values. @param {string} key @param {Record<string, unknown>} values */
  #form(key, values) {
    const number = Object.values(values).find(value => typeof value === "number")
    const rule = this.plurals.select(Number(number ?? 0))
    return this.strings[`${key}_${rule}`] ?? this.strings[`${key}_other`] ?? key
  }

  /** @param {string | number | undefined} value */
  #show(value) {
    return typeof value === "number" ? this.numbers.format(value) : isolated(value ?? "", this.direction)
  }
}

/**
 * As it is spoken where the person is; the English texts are British.
 * @param {string} tag
 * @param {readonly string[]} own
 */
export function regional(tag, own) {
  return own.find(each => each.startsWith(`${tag}-`) && isLanguage(each)) ?? (tag === "en" ? "en-GB" : tag)
}

/** A browser may be given any. @param {string} tag */
function isLanguage(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}

/** @param {string} name @returns {Promise<Record<string, string>>} */
async function file(name) {
  const answer = await fetch(new URL(`../../i18n/${name}.json`, import.meta.url))
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer.json()
}
