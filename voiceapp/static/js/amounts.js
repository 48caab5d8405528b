// Amounts of time and money as one says them in a language.

/** Languages that put no space between a number and its unit. */
const TIGHT = ["ja"]

/**
 * "1 hour, 20 minutes", "3 minutes, 12 seconds": the two largest units.
 * @param {number} ms
 * @param {string} language
 * @param {"long" | "short"} [style]
 */
export function duration(ms, language, style = "long") {
  const seconds = Math.round(ms / 1000)
  const units = { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 }
  const all = Object.entries(units)
  const from = Math.max(0, seconds === 0 ? 2 : all.findIndex(([, amount]) => amount > 0))
  const said = all.slice(from, from + 2).filter(([, amount], i) => amount > 0 || i === 0)
  return new Intl.ListFormat(language, { type: "unit", style: TIGHT.includes(language) ? "narrow" : style }).format(said.map(([unit, amount]) => inUnit(amount, unit, language, style)))
}

/** @param {number} amount @param {string} unit @param {string} language @param {"long" | "short"} style */
function inUnit(amount, unit, language, style) {
  const parts = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: style }).formatToParts(amount)
  return parts.filter(({ type }) => type !== "literal" || !TIGHT.includes(language)).map(({ value }) => value).join("")
}

/** Small amounts to a hundredth of a cent. @param {number} amount @param {string} currency @param {string} language */
export function money(amount, currency, language) {
  return amount.toLocaleString(language, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: Math.abs(amount) < 1 ? 4 : 2 })
}
