// What src/models/pretrained.ts knows of the files in pretrained/.
import { readFile } from 'node:fs/promises';
import { writeWhole } from './files.mjs';

const file = 'src/models/pretrained.ts';

/** Puts a pretrained file's SHA-256 into the source, which refuses every other. @param {string} id @param {string} sha256 */
export async function noteSha256(id, sha256) {
  const before = new RegExp(`(/${id}/model\\.safetensors'[^']*sha256: ')[^']*`);
  await writeWhole(file, (await readFile(file, 'utf8')).replace(before, `$1${sha256}`));
}
