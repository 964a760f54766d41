import { badModel } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { Spec } from '../../../types.js';
import type { ForeignModel } from '../foreign-model.js';
import { readGraph } from './graph.js';
import { headFor, withTwoClasses } from './head.js';
import { readModel } from './messages.js';
import { ownMetadata } from '../own-metadata.js';
import { piecesBetween } from './pieces.js';
import { prepare } from './preprocess.js';
import { Namer } from './spec.js';
import { firstOf, type Form } from './values.js';

/**
 * Reads an ONNX file: its graph says what the network is, the metadata of one that handful wrote what else it knows.
 * @throws {HandfulError} `bad-model` if the file is damaged, or naming the node that handful has no layer for.
 */
export function readOnnx(bytes: Uint8Array): ForeignModel {
  const { producer, graph, metadata } = readModel(bytes);
  if (!graph) return badModel('The ONNX file has no graph.');
  const { input, output, ends } = readGraph(graph);
  const root = firstOf(output.wire);
  const shape = shapeOf(root.becomes ?? input.form);
  const begun = prepare(piecesBetween(root, output.wire), { input: shape, type: input.type, producer });
  const ended = withTwoClasses(headFor(begun.pieces, output.form), ends);
  const namer = new Namer();
  const layers = namer.layersOf(ended.pieces);
  const spec: Spec = { name: graph.name.slice(0, 100) || 'onnx', input: shape, layers };
  const own = ownMetadata(metadata, spec);
  const { preprocess, isAssumed } = begun;
  const read = { tensors: namer.tensors, layout: 'handful' } as const;
  if (own) return { ...read, ...own, notes: [] };
  return { ...read, spec, preprocess, preprocessAssumed: isAssumed, notes: [...begun.notes, ...ended.notes] };
}

function shapeOf(form: Form): number[] {
  return 'dims' in form ? [sizeOf(form.dims)] : [form.height, form.width, form.channels];
}
