// Where the app lives, which a proxy decides: at the root of a host, or under a path of it. Nothing else on the page
// writes an address of the server.

// Four steps up from static/VERSION/js/browser/.
export const ROOT = new URL("../../../../", import.meta.url)

/** @param {string} path of the server, with no slash before it */
export function address(path) {
  return new URL(path, ROOT)
}
