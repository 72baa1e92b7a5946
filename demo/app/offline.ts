/** Keeps the built page for use without a connection, through the service worker that the build writes. */

/** Registers the service worker. Browsers have them on https and on this machine only. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator) || !isSecureContext) return;
  // The page works without one: a browser may refuse it, for example in a private window.
  navigator.serviceWorker.register("./offline.js").catch(() => {});
}
