import { badModel, quote } from '../../../common/messages.js';
import type { FetchBeside, ForeignTensor, Reader } from '../foreign-model.js';
import { readGraph } from '../keras/graph.js';
import { asJson, isJson, parseJson, type Json } from '../keras/json.js';
import { translate } from '../keras/translate.js';
import type { WeightsOf } from '../keras/weights.js';
import { ownMetadata } from '../own-metadata.js';
import { readGroup, readManifest, type WeightGroup } from './weights.js';

/** Reads a TensorFlow.js layers model: its model.json, and the weight files that this names. */
export const readTfjs: Reader = async (bytes, beside) => {
  const json = asJson(parseJson(bytes, 'The model.json'), 'The model.json');
  const { modelTopology: topology, weightsManifest, format } = json;
  if (format === 'graph-model' || (isJson(topology) && 'node' in topology))
    badModel(
      'The model.json is a TensorFlow.js graph model, whose layers are gone; handful reads layers models: convert the ' +
        'Keras model that it was made of by tensorflowjs_converter --output_format=tfjs_layers_model, or load its .keras file.',
    );
  if (topology === undefined || weightsManifest === undefined)
    badModel(
      'The model file is JSON, but no TensorFlow.js model.json, which has a modelTopology and a weightsManifest.',
    );
  const described = asJson(topology, 'The modelTopology');
  const graph = readGraph(described.model_config ?? described); // converters put it there, TensorFlow.js itself does not
  const tensors = await readWeights(readManifest(weightsManifest), beside);
  const foreign = translate(graph, byName(tensors));
  const own = ownMetadata(
    Object.entries(metadataOf(json)).map(([key, value]) => ({ key, value })),
    foreign.spec,
  );
  return own ? { ...foreign, ...own, notes: [] } : foreign;
};

async function readWeights(groups: WeightGroup[], beside?: FetchBeside): Promise<Map<string, ForeignTensor>> {
  const all = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  const tensors = new Map<string, ForeignTensor>();
  for (const group of groups) {
    const { paths, bytes } = group;
    const files: Uint8Array[] = [];
    if (!beside && paths.length > 0)
      badModel(
        `The model.json has its weights in ${quote(paths)}: load its URL, or all files together, as in ` +
          'load([modelJson, ...weightFiles]).',
      );
    for (let start = 0; beside && start < paths.length; start += AT_ONCE)
      files.push(
        ...(await Promise.all(
          paths.slice(start, start + AT_ONCE).map((path) => beside(path, bytes / paths.length / Math.max(all, 1))),
        )),
      );
    for (const [name, tensor] of readGroup(group, files)) tensors.set(name, tensor);
  }
  return tensors;
}

/** Few, since one that waits for its connection would seem silent. */
const AT_ONCE = 4;

/** Weights are named after their layer and what they are in it, at times after the models around it, too. */
function byName(tensors: ReadonlyMap<string, ForeignTensor>): WeightsOf {
  const byLayer = new Map<string, Map<string, ForeignTensor>>();
  for (const [name, tensor] of tensors) {
    const slash = name.lastIndexOf('/');
    const layer = name.slice(0, Math.max(slash, 0));
    if (!byLayer.has(layer)) byLayer.set(layer, new Map());
    byLayer.get(layer)?.set(name.slice(slash + 1).replace(/:\d+$/, ''), tensor);
  }
  return ({ path }) => {
    const own = path.at(-1) ?? '';
    const endings = path.map((_, index) => path.slice(index).join('/')); // the longest first
    const exact = endings.map((ending) => byLayer.get(ending)).find((found) => found !== undefined);
    const last = [...byLayer].filter(([layer]) => layer.endsWith(`/${own}`));
    return exact ?? (last.length === 1 ? last[0]?.[1] : undefined) ?? new Map();
  };
}

/** What handful has written beside the network. */
function metadataOf({ userDefinedMetadata: own }: Json): Record<string, string> {
  const metadata = isJson(own) && isJson(own.handful) ? own.handful : {};
  const texts = Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
