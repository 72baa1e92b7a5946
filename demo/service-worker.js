/**
 * The service worker of the built page: keeps all its files, and answers from them, so that the page works without a
 * connection. The build writes a copy that begins with `self.BUILD`: the files, relative to the worker, and a version
 * that changes with any of them. A new version waits until the page is closed, so that no page gets files of two.
 * Requests for anything else go to the network as if there were no worker: pages below this one's folder are not its own.
 */
const { version, files } = self.BUILD;
const ADDRESSES = new Set(files.map((file) => new URL(file, self.location.href).href));
/** Caches of other pages of this site, and of this page elsewhere on it, have other names. */
const PREFIX = `softmax-webgpu ${self.registration.scope} `;
const CACHE = PREFIX + version;

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const [address] = request.url.split(/[?#]/, 1);
  if (ADDRESSES.has(address) && request.method === "GET") event.respondWith(answerTo(request));
});

/** Fetches every file. One that fails ends the installation; the next visit tries again. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  // The names of assets change with their content; whatever else there is must be asked for anew.
  const fresh = (file) => new Request(file, { cache: file.startsWith("assets/") ? "default" : "no-cache" });
  await cache.addAll(files.map(fresh));
}

async function forgetOthers() {
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

async function answerTo(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  return kept ?? fetch(request);
}
