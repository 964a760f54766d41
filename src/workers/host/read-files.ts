import { HandfulError, toHandfulError } from '../../errors.js';
import { checkFileSize } from '../../common/file-size.js';
import { listed, quote } from '../../common/messages.js';
import type { GivenModelParts } from '../../models/files/model-file.js';
import { readModelFile } from '../../models/formats/read-model-file.js';
import type { Model } from '../../models/model.js';

/**
 * The model in one of several files, which may name others of them.
 * @throws {HandfulError} `bad-argument` where it is not said which, or a file cannot be read; `not-found` for one that
 * is named and not among them; else as `readModelFile`.
 */
export async function readFiles(files: readonly File[], given: GivenModelParts): Promise<Model> {
  const ends = (ending: string) => files.filter(({ name }) => name.toLowerCase().endsWith(ending));
  const [main, ...others] = [files, ends('model.json'), ends('.json')].find(({ length }) => length === 1) ?? [];
  if (!main || others.length > 0)
    throw new HandfulError(
      'bad-argument',
      `Expected one model file, or a model.json with the files that it names; got ${listed(files.map(({ name }) => quote(name)))}.`,
    );
  return readModelFile(await read(main), given, (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const file = files.find((each) => each.name === name);
    if (file) return read(file);
    throw new HandfulError('not-found', `${main.name} names ${quote(path)}, which is not among the files given.`);
  });
}

async function read(file: File): Promise<Uint8Array> {
  checkFileSize(file.size, `The file ${quote(file.name)}`);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    const { message } = toHandfulError(cause);
    throw new HandfulError('bad-argument', `The file ${quote(file.name)} cannot be read: ${message}`, { cause });
  }
}
