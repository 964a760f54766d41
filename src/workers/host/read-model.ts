import { HandfulError } from '../../errors.js';
import { readModelFile } from '../../models/formats/read-model-file.js';
import { initialise } from '../../models/initialise.js';
import { checkLabels, defaultLabels, noLabels, trimmed } from '../../models/labels.js';
import type { Model } from '../../models/model.js';
import { checkPreprocess, defaultPreprocess } from '../../models/preprocessing.js';
import { pretrainedFile, verify } from '../../models/pretrained.js';
import { lower } from '../../models/lowering/lower.js';
import type { Spec } from '../../types.js';
import type { OpenOptions, Source } from '../protocol.js';
import { fetcher } from './fetcher.js';
import type { Running } from './queue.js';
import { readFiles } from './read-files.js';

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
  if (source.kind === 'files') return readFiles(source.files, given);
  const { url, sha256 } =
    source.kind === 'url'
      ? { url: new URL(source.url), sha256: undefined }
      : pretrainedFile(source.id, options.assetBase);
  const { fetchFirst, beside, stop } = fetcher(url, running);
  try {
    const bytes = await fetchFirst();
    const model = await naming(url, () => readModelFile(bytes, given, beside)); // which says more of what is no model at all
    if (sha256) await naming(url, () => verify(bytes, sha256));
    return model;
  } finally {
    stop();
  }
}

/** Runs what reads a file, so that what is wrong with it is told with its address. */
async function naming<T>(url: URL, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
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
        ? checkLabels(trimmed(labels, [], 'Class'), classes, 'bad-argument')
        : defaultLabels(classes),
    preprocess: checkPreprocess({ ...defaultPreprocess(spec.input), ...preprocess }, spec.input, 'bad-argument'),
    weights: initialise(architecture, seed),
  };
}
