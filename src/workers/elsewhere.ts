// Loaded only where handful is served from another origin, as by a CDN.

/** Starts a worker of this origin that imports handful's, which browsers allow. */
export function importWorker(): Worker {
  const file = 'handful.worker.js'; // not a literal in the URL, or bundlers would copy the file a second time
  const url = new URL(/* @vite-ignore */ `./${file}`, import.meta.url).href;
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  return new Worker(script, { type: 'module' });
}
