// Has the service worker keep the app, once all that the first answer waits for is here.

/** The app's folder, as the page's manifest has it. */
const app = document.querySelector('link[rel=manifest]');

if ('serviceWorker' in navigator && app instanceof HTMLLinkElement) {
  const register = () => navigator.serviceWorker.register(new URL('service-worker.js', app.href)).catch(() => {}); // as where storage is refused
  if (document.readyState === 'complete') void register();
  else addEventListener('load', register, { once: true });
}
