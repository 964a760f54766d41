// The worker's script. All that it does is in a chunk: what other chunks import from must not be this file, which WebKit
// runs once as the worker's script and once more as a module that is imported.

/** What comes before somebody listens. */
const early: MessageEvent[] = [];
const keep = (event: MessageEvent) => void early.push(event);

addEventListener('message', keep);
import('./serve-host.js').then(({ serveHost }) => {
  removeEventListener('message', keep);
  serveHost(early);
}, reportError); // by which the page hears of it, as of a script that cannot be loaded
