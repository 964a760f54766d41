import { sleep } from './sdk-classifiers.js';

const script = new URL('/dist/handful.worker.js', location.href).href;

const moduleUrl = (code: string) => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));

/** handful's worker, holding a lock for as long as it lives, by which the page sees whether it does; `more` runs there too. */
export function watchedWorker(more = ''): { start: () => Worker; lives: () => Promise<boolean> } {
  const name = `worker-${Math.random()}`;
  const lock = moduleUrl(`navigator.locks.request('${name}', () => new Promise(() => {})); ${more}`);
  const both = moduleUrl(`import '${lock}'; import '${script}';`);
  return {
    start: () => new Worker(both, { type: 'module' }),
    async lives() {
      for (const deadline = performance.now() + 500; performance.now() < deadline; await sleep(25)) {
        const { held } = await navigator.locks.query();
        if (!held!.some((lock) => lock.name === name)) return false;
      }
      return true;
    },
  };
}

/** A module worker whose script is this text. */
export function workerOf(code: string): Worker {
  return new Worker(moduleUrl(code), { type: 'module' });
}
