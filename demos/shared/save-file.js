import { make } from './dom.js';

/** Saves a file as a download. @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download has its own copy by then
}

/**
 * Gives a file to what the device shares with, or saves it where there is no such thing.
 * @param {File} file
 * @returns whether it was shared.
 */
export async function shareFile(file) {
  try {
    if (navigator.canShare?.({ files: [file] })) {
      await navigator.share({ files: [file], title: file.name });
      return true;
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return true; // people may change their minds
  }
  saveFile(file, file.name);
  return false;
}
