import { unzipSync } from 'fflate';
import { badModel, quote } from '../../common/messages.js';

/** Weights hardly compress: an archive that grows to more than this many times its size is no model. */
const MOST_GROWTH = 50;
const SMALL = 1 << 24; // bytes that any archive may grow to

/**
 * Files of a zip archive by their names; others are not unpacked.
 * @throws {HandfulError} `bad-model` if it is damaged, or would grow to a size that is out of proportion.
 */
export function unzip(archive: Uint8Array, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  const most = Math.max(SMALL, MOST_GROWTH * archive.length);
  let total = 0;
  try {
    const files = unzipSync(archive, {
      filter({ name, originalSize }) {
        if (!wanted(name)) return false;
        if ((total += originalSize) > most)
          badModel(`The zip archive would grow to more than ${most} bytes at ${quote(name)}, which no model does.`);
        return true;
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    return badModel(`The zip archive is damaged: ${quote((error as Error).message, 200)}.`, error);
  }
}

/** Names of all its files, without unpacking any. @throws {HandfulError} `bad-model` if it is damaged. */
export function namesInZip(archive: Uint8Array): string[] {
  const names: string[] = [];
  unzip(archive, (name) => {
    names.push(name);
    return false;
  });
  return names;
}
