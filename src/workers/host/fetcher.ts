import { download } from '../../assets.js';
import { MAX_FILE } from '../../common/file-size.js';
import type { FetchBeside } from '../../models/formats/foreign-model.js';
import type { Running } from './queue.js';

/** Of a call's progress; the rest is the backend's start. */
const DOWNLOADS = 0.9;

/** Of that, for a file that only names those that hold the weights. */
const NAMES = 0.02;

export interface Fetcher {
  fetchFirst: () => Promise<Uint8Array<ArrayBuffer>>;
  /** @throws {HandfulError} `not-found` or `network`, naming the file; `aborted`. */
  beside: FetchBeside;
  /** Ends what still comes. */
  stop: () => void;
}

/** Downloads a model's file, and those beside it, as one progress. */
export function fetcher(url: URL, { signal, onProgress }: Running): Fetcher {
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal.addEventListener('abort', stop);
  const first = /\.json$/.test(url.pathname) ? NAMES : 1;
  const come = new Map<string, number>();
  const get = (file: URL, share: number) =>
    download(file, {
      signal: controller.signal,
      most: MAX_FILE,
      onProgress(fraction) {
        come.set(file.href, share * fraction);
        const all = [...come.values()].reduce((sum, each) => sum + each, 0);
        onProgress({ phase: 'loading', fraction: DOWNLOADS * Math.min(all, 1) });
      },
    });
  return {
    fetchFirst: () => get(url, first),
    beside(path, share = 1) {
      const file = new URL(path, url);
      file.search ||= url.search; // a key that opens the one opens the others
      return get(file, share * (1 - first));
    },
    stop() {
      signal.removeEventListener('abort', stop);
      stop();
    },
  };
}
