import { download } from '../../assets.js';
import { HandfulError } from '../../errors.js';
import { readModelFile } from '../../models/formats/read-model-file.js';
import { MAX_FILE } from '../../common/file-size.js';
import { initialise } from '../../models/initialise.js';
import { checkLabels, defaultLabels, noLabels } from '../../models/labels.js';
import type { Model } from '../../models/model.js';
import { checkPreprocess, defaultPreprocess } from '../../models/preprocessing.js';
import { pretrainedFile, verify } from '../../models/pretrained.js';
import { lower } from '../../models/lowering/lower.js';
import type { Spec } from '../../types.js';
import type { OpenOptions, Source } from '../protocol.js';
import type { Running } from './queue.js';

/**
 * The model that a source holds, or a new one of a spec.
 * @throws {HandfulError} `not-found`, `network`, `bad-model`, `bad-argument`, `aborted`.
 */
export async function readModel(source: Source, options: OpenOptions, running: Running): Promise<Model> {
  if (source.kind === 'spec') return newModel(source.spec, options);
  const { spec, labels, preprocess, loss } = options;
  const given = {
    ...(spec && { spec }),
    ...(labels && { labels }),
    ...(preprocess && { preprocess }),
    ...(loss && { loss }),
  };
  if (source.kind === 'bytes') return readModelFile(source.bytes, given);
  const { url, sha256 } =
    source.kind === 'url'
      ? { url: new URL(source.url), sha256: undefined }
      : pretrainedFile(source.id, options.assetBase);
  const bytes = await download(url, {
    signal: running.signal,
    most: MAX_FILE,
    onProgress: (fraction) => running.onProgress({ phase: 'loading', fraction: 0.9 * fraction }),
  });
  try {
    const beside = (path: string) => download(new URL(path, url), { signal: running.signal, most: MAX_FILE });
    const model = await readModelFile(bytes, given, beside); // which says more of what is no model at all
    if (sha256) await verify(bytes, sha256);
    return model;
  } catch (error) {
    if (!(error instanceof HandfulError && error.code === 'bad-model')) throw error;
    throw new HandfulError(error.code, `${url.href}: ${error.message}`, { cause: error.cause });
  }
}

function newModel(spec: Spec, { labels, preprocess, seed, loss }: OpenOptions): Model {
  const architecture = lower(spec);
  const { classes } = architecture;
  const isRegression = loss === 'squaredError';
  return {
    spec: structuredClone(spec), // in the caller's thread it would go on being the caller's
    ...(isRegression && { loss }),
    fresh: true,
    labels: isRegression
      ? noLabels(labels)
      : labels
        ? checkLabels(labels, classes, 'bad-argument')
        : defaultLabels(classes),
    preprocess: checkPreprocess({ ...defaultPreprocess(spec.input), ...preprocess }, spec.input, 'bad-argument'),
    weights: initialise(architecture, seed),
  };
}
