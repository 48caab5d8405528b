// Few rules, all obeyed.

import js from "@eslint/js"
import globals from "globals"

const rules = {
  ...js.configs.recommended.rules,
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
  "prefer-const": "error",
  eqeqeq: "error",
  semi: ["error", "never"],
  quotes: ["error", "double", { avoidEscape: true }],
  complexity: ["error", 8],
  "max-lines-per-function": ["error", { max: 20, skipComments: true }],
  "max-lines": ["error", { max: 400, skipComments: true }],
  "max-len": ["error", { code: 120 }]
}
/** The name of a test is a sentence, however long. */
const named = { ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }
const page = "**/voiceapp/static/js"

export default [
  { ignores: ["**/node_modules/**"] },
  { files: [`${page}/**/*.js`], rules, languageOptions: { globals: {
    fetch: "readonly", URL: "readonly", setTimeout: "readonly", clearTimeout: "readonly", DOMException: "readonly",
    URLSearchParams: "readonly", TextEncoder: "readonly", crypto: "readonly"
  } } },
  { files: [
    `${page}/{main,page}.js`, `${page}/browser/{browser,page-version,wake-lock}.js`,
    `${page}/call/{admission,voice-sample}.js`, `${page}/views/*.js`, `${page}/history/{store,files,har}.js`,
    `${page}/audio/{device,microphone,player,loudspeaker}.js`, `${page}/preflight/check-audio.js`
  ], languageOptions: { globals: globals.browser } },
  // Whoever imports such a module a second time, while it waits, gets it half made in Safari. The page's first is
  // imported by nobody.
  { files: [`${page}/**/*.js`], ignores: [`${page}/main.js`], rules: { "no-restricted-syntax": ["error", {
    selector: "AwaitExpression:not(:function AwaitExpression)",
    message: "No module waits at its top: see the tests' configuration."
  }] } },
  { files: [`${page}/audio/base64.js`], languageOptions: { globals: { btoa: "readonly", atob: "readonly" } } },
  { files: [`${page}/audio/worklets/*.js`], languageOptions: { globals: globals.audioWorklet } },
  { files: ["**/tests/js/**/*.js"], rules: {
    ...rules, "max-lines-per-function": "off", "max-len": ["error", { code: 120, ...named }]
  }, languageOptions: { globals: globals.node } }
]
