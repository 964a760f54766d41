import { HandfulError } from 'handful';
import { find } from './dom.js';
import { attempt } from './notice.js';

/**
 * Takes pictures from a file input, from what is dropped on the page and from what is pasted.
 * @param {HTMLInputElement} input
 * @param {(picture: ImageBitmap) => unknown} onPicture
 */
export function takePictures(input, onPicture) {
  let turn = 0; // of several, the one that was chosen last is shown
  /** @param {File | undefined} file @param {string} how */
  const take = (file, how) =>
    attempt(async () => {
      if (!file) throw new HandfulError('bad-input', `What was ${how} is no picture.`);
      const own = ++turn;
      const picture = await decode(file);
      if (own === turn) await onPicture(picture);
      else picture.close();
    });

  input.addEventListener('change', async () => {
    if (input.files?.length) await take(input.files[0], 'chosen');
    input.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData?.files[0], 'pasted'));

  const page = find('body');
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    page.classList.add('dropping');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) page.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    page.classList.remove('dropping');
    void take(event.dataTransfer?.files[0], 'dropped');
  });
}

/**
 * The picture on the clipboard, for a button, where there are no keys to paste with.
 * @throws {HandfulError} `bad-input` if there is none, or the browser does not let it be read
 */
export async function readClipboard() {
  let items;
  try {
    items = await navigator.clipboard.read();
  } catch (cause) {
    throw new HandfulError('bad-input', 'This browser did not let the page read the clipboard.', { cause });
  }
  for (const item of items) {
    const type = item.types.find((type) => type.startsWith('image/'));
    if (type) return decode(await item.getType(type));
  }
  throw new HandfulError('bad-input', 'There is no picture on the clipboard.');
}

/** @param {Blob} file */
async function decode(file) {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    const name = file instanceof File && file.name ? `“${file.name}”` : 'This';
    throw new HandfulError('bad-input', `${name} cannot be read as a picture.`, { cause });
  }
}
