// Which version of the files this page is made of, and whether the server has another by now (docs/page/loading.md).

/** As it stands in the address of this very file. */
export const VERSION = versionOf(import.meta.url)

export class PageVersion {
  outdated = false

  /** @param {string} version empty: not known, so nothing is older */
  constructor(version = VERSION) {
    this.version = version
  }

  /** Nobody looks at the page: it is loaded anew, where nothing on it would be lost. @param {boolean} free */
  unseen(free, reload = () => location.reload()) {
    if (this.outdated && free) reload()
  }

  /** The server says which one it has. @param {string} [version] */
  heard(version = "") {
    this.outdated ||= this.version !== "" && version !== "" && version !== this.version
  }
}

/** @param {string} url */
export function versionOf(url) {
  return url.match(/\/static\/(v-\w+)\//u)?.[1] ?? ""
}
