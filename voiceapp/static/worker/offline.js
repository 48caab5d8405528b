// Keeps the page and its files, so that it opens without the server: past talks work, and the page says that a call does
// not. The server puts VERSION and FILES before this (pages.py). Nothing of a call goes through here.

// Where the app lives; another one may live on the same host.
const ROOT = new URL("./", location).pathname
const OURS = `voiceapp-${ROOT}-`
const CACHE = OURS + VERSION

addEventListener("install", event => event.waitUntil(keep().then(() => skipWaiting())))
addEventListener("activate", event => event.waitUntil(forgetOthers().then(() => clients.claim())))
addEventListener("fetch", event => {
  const { pathname, origin } = new URL(event.request.url)
  if (event.request.method !== "GET" || origin !== location.origin) return
  if (event.request.mode === "navigate" && pathname === ROOT) event.respondWith(page(event.request))
  else if (pathname.startsWith(`${ROOT}static/`)) event.respondWith(file(event.request))
})

async function keep() {
  const cache = await caches.open(CACHE)
  const answer = await fetch(ROOT, { cache: "no-cache" })
  // Somebody who is not logged in is sent elsewhere: then there is nothing to keep yet.
  if (!answer.ok || answer.redirected) throw new Error("The page did not come")
  await Promise.all([cache.put(ROOT, answer), cache.addAll(FILES)])
}

async function forgetOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter(name => name.startsWith(OURS) && name !== CACHE).map(name => caches.delete(name)))
}

async function page(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(ROOT)) ?? Response.error()
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request)
}
