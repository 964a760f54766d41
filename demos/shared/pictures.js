import { find } from './dom.js';
import { attempt } from './notice.js';
import { say, Trouble } from './say.js';

/**
 * Takes pictures from a file input, from what is dropped on the page and from what is pasted.
 * @param {HTMLInputElement} input
 * @param {(picture: ImageBitmap) => unknown} onPicture
 */
export function takePictures(input, onPicture) {
  let turn = 0; // of several, the one that was chosen last is shown
  /** @param {File | undefined} file @param {keyof typeof say.trouble.noPicture} how */
  const take = (file, how) =>
    attempt(async () => {
      if (!file) throw new Trouble(say.trouble.noPicture[how]);
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
 * @throws {Trouble} if there is none, or the browser does not let it be read
 */
export async function readClipboard() {
  let items;
  try {
    items = await navigator.clipboard.read();
  } catch (cause) {
    throw new Trouble(say.trouble.clipboardRefused, { cause });
  }
  for (const item of items) {
    const type = item.types.find((type) => type.startsWith('image/'));
    if (type) return decode(await item.getType(type));
  }
  throw new Trouble(say.trouble.clipboardEmpty);
}

/** @param {Blob} file */
async function decode(file) {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    const name = file instanceof File && file.name;
    throw new Trouble(name ? say.trouble.unreadable({ name }) : say.trouble.unreadableThis, { cause });
  }
}
