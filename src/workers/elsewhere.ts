// Loaded only where handful is served from another origin, as by a CDN.

/** Starts a worker of this origin that imports handful's, which browsers allow. */
export function importWorker(): Worker {
  const url = import.meta.url.replace(/[^/]*$/, 'handful.worker.js'); // no `new URL`, or bundlers would copy it again
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  return new Worker(script, { type: 'module' });
}
