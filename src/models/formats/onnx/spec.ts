// From pieces to a spec, with names for its layers.

import type { Layer } from '../../../types.js';
import type { ForeignTensor } from '../foreign-model.js';
import type { Piece } from './values.js';

/** Layers with names, and their tensors by the names of their parameters. */
export class Namer {
  readonly tensors = new Map<string, ForeignTensor>();
  private readonly taken = new Set<string>();

  layersOf(pieces: readonly Piece[]): Layer[] {
    return pieces.map((piece) => this.layerOf(piece));
  }

  private layerOf(piece: Piece): Layer {
    if (piece.kind === 'sum') return this.residual(piece);
    if (piece.kind === 'scale') return this.layerOf(asBatchNorm(piece));
    const { layer, tensors, hints } = piece;
    if (!('name' in layer)) return layer;
    const name = this.nameFor(layer.type, hints);
    for (const [suffix, tensor] of Object.entries(tensors)) this.tensors.set(`${name}.${suffix}`, tensor);
    return { ...layer, name };
  }

  private residual({ branches: [a, b], activation }: Piece & { kind: 'sum' }): Layer {
    const [body, shortcut] = a.length > 0 ? [a, b] : [b, a];
    return {
      type: 'residual',
      body: this.layersOf(body),
      ...(shortcut.length > 0 && { shortcut: this.layersOf(shortcut) }),
      ...(activation && { activation }),
    };
  }

  private nameFor(type: string, hints: readonly string[]): string {
    const names = [...hints.map(ofTensor), ofNode(hints.at(-1) ?? '')];
    const wanted = names.find((name) => name !== undefined && /^[A-Za-z][\w.-]*$/.test(name)) ?? type;
    for (let i = 1; ; i++) {
      const name = i === 1 ? wanted : `${wanted}_${i}`;
      if (!this.taken.has(name)) {
        this.taken.add(name);
        return name;
      }
    }
  }
}

/** `conv1` of `conv1.weight`, as PyTorch names tensors, or of `conv1/kernel:0`, as Keras does. */
function ofTensor(name: string): string | undefined {
  const own = /^(.+)[./](?:weight|bias|kernel|gamma|beta|running_mean)(?::0)?$/.exec(name)?.[1];
  return own && plain(own);
}

/** `features.0` of `/features/features.0/Conv`. */
function ofNode(label: string): string {
  return plain(label.replace(/\/[A-Z]\w*$/, '').replace(/^.*\/(?=[^/]*\.)/, ''));
}

function plain(name: string): string {
  return name
    .replaceAll(/[^\w.-]+/g, '.')
    .replaceAll(/^\.+|\.+$/g, '')
    .slice(0, 100);
}

const EPSILON = 1e-5;

/** A factor and a summand that nothing absorbed. */
function asBatchNorm({ scale, shift, channels, hints }: Piece & { kind: 'scale' }): Piece {
  const vector = (values: Float32Array) => ({
    shape: [channels],
    data: values.length === channels ? values : new Float32Array(channels).fill(values[0] ?? 0),
  });
  const tensors = {
    weight: vector(scale),
    bias: vector(shift),
    running_mean: vector(Float32Array.of(0)),
    running_var: vector(Float32Array.of(1 - EPSILON)),
  };
  return { kind: 'layer', layer: { type: 'batchNorm', name: '', epsilon: EPSILON }, tensors, hints };
}
