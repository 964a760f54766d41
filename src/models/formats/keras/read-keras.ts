import { badModel, listed, quote } from '../../../common/messages.js';
import type { FetchBeside, ForeignModel, Reader } from '../foreign-model.js';
import { readTfjs } from '../tfjs/read-tfjs.js';
import { namesInZip, unzip } from '../zip.js';
import { readGraph } from './graph.js';
import { Hdf5 } from './hdf5.js';
import { parseJson } from './json.js';
import { translate } from './translate.js';
import type { WeightsOf } from './weights.js';

/** Reads a whole Keras model, .keras or .h5, or a zip of a TensorFlow.js model's files. */
export const readKeras: Reader = (bytes) => (bytes[0] === 0x50 ? readZip(bytes) : readH5(bytes));

function readZip(bytes: Uint8Array): ForeignModel | Promise<ForeignModel> {
  const names = namesInZip(bytes);
  const find = (file: string) => names.find((name) => name === file || name.endsWith(`/${file}`));
  if (names.includes('config.json') && names.includes('model.weights.h5')) return readArchive(bytes);
  const json = find('model.json');
  if (json !== undefined) return readTfjsZip(bytes, json);
  const others: [string, string][] = [
    ['data.pkl', `what torch.save writes: ${SAVE_TORCH}`],
    ['saved_model.pb', "a TensorFlow SavedModel: load it in Keras and save it by model.save('model.keras')"],
  ];
  const kind = others.find(([file]) => find(file) !== undefined)?.[1];
  if (kind) badModel(`The model file is a zip archive of ${kind}.`);
  return badModel(
    `The model file is a zip archive of ${listed(names.map((name) => quote(name)))}; expected a Keras model's config.json ` +
      "and model.weights.h5, or a TensorFlow.js model's model.json and its weights.",
  );
}

const SAVE_TORCH = 'save its weights with safetensors.torch.save_file, by the names of a PyTorch state_dict';

/** .keras: the configuration as JSON, and the weights by class and number of their layers. */
function readArchive(bytes: Uint8Array): ForeignModel {
  const files = unzip(bytes, (name) => name === 'config.json' || name === 'model.weights.h5');
  const graph = readGraph(parseJson(files.get('config.json') ?? new Uint8Array(), 'config.json'));
  const weights = new Hdf5(files.get('model.weights.h5') ?? new Uint8Array());
  const weightsOf: WeightsOf = ({ keys }, names) => {
    const folder = `layers/${keys.join('/layers/')}/vars`;
    const all = names.map((name, index) => [name, `${folder}/${index}`] as const);
    return new Map(all.filter(([, path]) => weights.has(path)).map(([name, path]) => [name, weights.tensor(path)]));
  };
  return translate(graph, weightsOf);
}

/** .h5: the configuration as an attribute, and the weights by the names of their layers. */
function readH5(bytes: Uint8Array): ForeignModel {
  const file = new Hdf5(bytes);
  const config = file.text('', 'model_config');
  if (config === undefined)
    badModel(
      'The HDF5 file holds no whole Keras model: without its model_config, weights alone do not say their network. ' +
        "Build the model in Keras, model.load_weights(…), and save it by model.save('model.keras').",
    );
  const graph = readGraph(parseJson(new TextEncoder().encode(config), 'The model_config'));
  const root = file.has('model_weights') ? 'model_weights' : '';
  const weightsOf: WeightsOf = ({ path }, names) => {
    const [outer = '', ...inner] = path;
    const group = root ? `${root}/${outer}` : outer;
    const weights = new Map<string, ReturnType<Hdf5['tensor']>>();
    for (const name of file.texts(group, 'weight_names')) {
      const words = name.replace(/:\d+$/, '').split('/');
      // A model within the model has all its layers' weights in one group.
      const last = words.at(-1) ?? '';
      if (names.includes(last) && (inner.length === 0 || words.at(-2) === inner.at(-1)))
        weights.set(last, file.tensor(`${group}/${name}`));
    }
    return weights;
  };
  return translate(graph, weightsOf);
}

function readTfjsZip(bytes: Uint8Array, json: string): ForeignModel | Promise<ForeignModel> {
  const folder = json.slice(0, -'model.json'.length);
  const files = unzip(bytes, (name) => name.startsWith(folder));
  const beside: FetchBeside = async (path) =>
    files.get(folder + path) ?? badModel(`The zip archive has no ${quote(path)}, which its model.json names.`);
  return readTfjs(files.get(json) ?? new Uint8Array(), beside);
}
