// Says so where the page itself does not come to life: a file that is missing, a browser that is too old. So it is written
// for any browser, loads before all else, and needs nothing of the rest.
(function () {
  "use strict"

  var SLOW_MS = 20000

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
    box.setAttribute("data-cause", window.voiceappLacks ? "old" : "missing")
    // Only now, so that nothing that is not said passes for an alert.
    box.setAttribute("role", "alert")
    box.removeAttribute("hidden")
  }

  /** Once the box is there. */
  function say() {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show)
    else show()
  }

  function failed(event) {
    var target = event.target
    // Of files only the modules; a picture or the connection's script is missed elsewhere.
    if (target && target.tagName && target.type !== "module") return
    say()
  }

  window.voiceappLacks = lacking()
  window.addEventListener("error", failed, true)
  window.addEventListener("unhandledrejection", say)
  window.addEventListener("load", function () { setTimeout(show, SLOW_MS) })
  if (window.voiceappLacks) say()
})()
