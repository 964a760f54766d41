import { HandfulError } from 'handful';
import { find } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';

/**
 * Takes pictures from a file input, from what is dropped on the page and from what is pasted.
 * @param {HTMLInputElement} input
 * @param {(picture: ImageBitmap) => void} onPicture
 */
export function takePictures(input, onPicture) {
  const take = (file) =>
    attempt(async () => {
      if (file) onPicture(await decode(file));
    });

  input.addEventListener('change', async () => {
    await take(input.files[0]);
    input.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData.files[0]));

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
    void take(event.dataTransfer.files[0]);
  });
}

async function decode(file) {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw new HandfulError('bad-input', `“${file.name}” cannot be read as a picture.`, { cause });
  }
}
