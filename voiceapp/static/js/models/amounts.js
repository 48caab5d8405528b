// Amounts of time and money as one says them in a language.

/** @typedef {{say: (key: string, values?: Record<string, string>) => string, language: string}} Words */

/**
 * "1 hour 20 minutes", "3 minutes 12 seconds": the two largest units.
 * @param {number} ms
 * @param {Words} words
 * @param {"long" | "short"} [style]
 */
export function duration(ms, words, style = "long") {
  const seconds = Math.round(ms / 1000)
  const units = { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 }
  const all = Object.entries(units)
  const from = Math.max(0, seconds === 0 ? 2 : all.findIndex(([, amount]) => amount > 0))
  const said = all.slice(from, from + 2).filter(([, amount], i) => amount > 0 || i === 0)
  const [larger, smaller] = said.map(([unit, amount]) => inUnit(amount, unit, words, style))
  if (!smaller) return larger
  return style === "long" ? words.say("amount.two", { larger, smaller }) : larger + words.say("page.gap") + smaller
}

/** @param {number} amount @param {string} unit @param {Words} words @param {"long" | "short"} style */
function inUnit(amount, unit, words, style) {
  const parts = new Intl.NumberFormat(words.language, { style: "unit", unit, unitDisplay: style }).formatToParts(amount)
  return parts.filter(({ type }) => type !== "literal" || !isTight(words)).map(({ value }) => value).join("")
}

/** Between a number and its unit there is no space, nor between two sentences. @param {Words} words */
function isTight(words) {
  return words.say("page.gap") === ""
}

/** With so many digits behind the point. @param {number} n @param {number} digits @param {string} language */
export function decimal(n, digits, language) {
  return n.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/**
 * With the digits of its currency; and where it is small and has more, with two more, so that two amounts compare.
 * @param {number} amount
 * @param {string} currency
 * @param {string} language
 */
export function money(amount, currency, language) {
  const whole = new Intl.NumberFormat(language, { style: "currency", currency })
  if (Math.abs(amount) >= 1) return whole.format(amount)
  const digits = whole.resolvedOptions().maximumFractionDigits ?? 0
  const max = digits && digits + 2
  const least = amount.toFixed(max) === Number(amount.toFixed(digits)).toFixed(max) ? digits : max
  const fine = new Intl.NumberFormat(
    language, { style: "currency", currency, minimumFractionDigits: least, maximumFractionDigits: max }
  )
  const min = 10 ** -max
  return amount > 0 && amount < min ? `<${fine.format(min)}` : fine.format(amount)
}

/**
 * Money, said to be an estimate where it is.
 * @param {number} amount
 * @param {string} currency
 * @param {Words} words
 * @param {boolean} [estimated]
 */
export function about(amount, currency, words, estimated = false) {
  const cost = money(amount, currency, words.language)
  return estimated ? words.say("meter.about", { cost }) : cost
}
