// Says so where the page itself does not come to life: a file that is missing, a browser that is too old. So it is written
// for any browser, loads before all else, and needs nothing of the rest.
(function () {
  "use strict"

  var SLOW_MS = 20000
  // The page comes to life all the same, and does not take back that it is so.
  var styleMissing = false

  /** The youngest of what the page needs, as far as one can ask: Chrome and Edge 114, Firefox 125, Safari 17. */
  function lacking() {
    if (!("noModule" in document.createElement("script"))) return "modules"
    if (!Array.prototype.toSpliced) return "toSpliced"
    if (!window.AbortSignal || !AbortSignal.timeout) return "AbortSignal.timeout"
    if (!("popover" in document.documentElement)) return "popover"
    return ""
  }

  function ready() {
    return document.body !== null && document.body.hasAttribute("data-ready")
  }

  function show() {
    var box = document.getElementById("broken")
    if (ready() || !box) return
    var old = Boolean(window.voiceappLacks)
    box.setAttribute("data-cause", old ? "old" : styleMissing ? "style" : "missing")
    // Not by a style, which may be what is missing.
    box.querySelector(old ? ".old" : ".missing").removeAttribute("hidden")
    box.querySelector(old ? ".missing" : ".old").setAttribute("hidden", "")
    // Only now, so that nothing that is not said passes for an alert.
    box.setAttribute("role", "alert")
    box.removeAttribute("hidden")
  }

  /** Once the box is there. */
  function say() {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show)
    else show()
  }

  /** A style file of the page's own; an extension may add others. */
  function ours(target) {
    if (!target || target.tagName !== "LINK" || target.rel !== "stylesheet") return false
    return target.href.indexOf(location.protocol + "//" + location.host + "/") === 0
  }

  function failed(event) {
    var target = event.target
    if (ours(target)) styleMissing = true
    // Of files only the styles and modules; a picture or the connection's script is missed elsewhere.
    else if (target && target.tagName && target.type !== "module") return
    say()
  }

  window.voiceappLacks = lacking()
  window.addEventListener("error", failed, true)
  window.addEventListener("unhandledrejection", say)
  window.addEventListener("load", function () { setTimeout(show, SLOW_MS) })
  if (window.voiceappLacks) say()
})()
