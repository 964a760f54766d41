// What the options of `load` and `create` take, and those of every call. The tables are typed after the interfaces: an
// option too many or too few does not compile.

import { flag, names, oneOf, seed } from '../common/option-rules.js';
import type { RulesFor } from '../common/option-rules.js';
import { isObject } from '../common/refuse.js';
import type { CallOptions, CreateOptions, LoadOptions, LongCallOptions, LossName } from '../types.js';
import { absolute } from './absolute.js';
import type { Rule } from '../common/check-options.js';
import { plain } from './plain.js';

type Type = 'boolean' | 'function' | 'string';

const is =
  (type: Type) =>
  (value: unknown): boolean =>
    typeof value === type;
/** Classes of browsers' are known by what they have, since a value may come from another realm. */
const has = (value: unknown, name: string, type: Type) => is(type)((value as Record<string, unknown> | null)?.[name]);

const callback: Rule = { expected: 'a function', accepts: is('function') };
/** The host knows what it may hold. */
const object: Rule = { expected: 'an object', accepts: isObject, read: plain };

export const CALL = {
  signal: {
    expected: 'an AbortSignal',
    accepts: (value) => has(value, 'aborted', 'boolean') && has(value, 'addEventListener', 'function'),
  },
} satisfies RulesFor<CallOptions, Rule>;

export const LONG_CALL = { ...CALL, onProgress: callback } satisfies RulesFor<LongCallOptions, Rule>;

/** What `create` takes. */
export const CREATE = {
  ...LONG_CALL,
  backend: oneOf<LoadOptions['backend'] & string>('auto', 'wasm', 'webgpu'),
  worker: { ...flag, expected: 'true or false, or a function', accepts: is('function') },
  device: { expected: 'a GPUDevice', accepts: (value) => has(value, 'createBuffer', 'function') },
  recover: flag,
  seed,
  labels: names,
  preprocess: object,
  loss: oneOf<LossName>('crossEntropy', 'squaredError'),
} satisfies RulesFor<CreateOptions, Rule>;

/** What `load` takes. */
export const LOAD = {
  ...CREATE,
  assetBase: {
    expected: 'a URL',
    accepts: (value) => is('string')(value) || has(value, 'href', 'string'),
    read: absolute,
  },
  spec: object,
  probe: { expected: 'a list of samples', list: 'samples' },
} satisfies RulesFor<LoadOptions, Rule>;
