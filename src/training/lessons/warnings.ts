import { listed } from '../../common/messages.js';
import type { Model } from '../../models/model.js';
import type { SampleWarning } from '../../types.js';
import { byClass } from '../loop/dataset.js';
import type { LabelledInputs } from '../plans/task.js';
import type { Copies } from './copies.js';
import { mistyped } from './labels.js';
import { outlinesOf } from './outlines.js';
import { strangersAmong } from './strangers.js';

/** A label with so many times fewer samples than the one with most is rare. */
const RARE = 10;

/**
 * What a person should look at in samples.
 * @param model As it was before learning.
 * @param features Of the samples as a trained network's head takes them, [N, width], flat.
 */
export function warningsOn(
  model: Pick<Model, 'spec' | 'preprocess' | 'labels' | 'fresh'>,
  { inputs, labels }: LabelledInputs,
  copies: Copies,
  features?: Float32Array,
): SampleWarning[] {
  const { spec, preprocess, fresh, labels: known } = model;
  const samples = byClass(labels);
  return [
    ...aboutCopies(copies, labels),
    ...aboutLabels(samples, fresh ? [] : known),
    ...aboutStrangers(features ?? outlinesOf(inputs, spec.input, preprocess.kind), labels),
    ...aboutRare(samples),
  ];
}

function* aboutCopies({ groups, leaked }: Copies, labels: readonly string[]): Generator<SampleWarning> {
  const again: number[] = [];
  for (const samples of groups) {
    const said = [...byClass(samples.map((sample) => labels[sample] ?? ''))];
    for (const [, own] of said) again.push(...own.slice(1).map((place) => samples[place] ?? 0));
    if (said.length === 1) continue;
    const message = `${named(samples)} are the same drawing under ${said.length} labels: ${listed(said.map(([label]) => label))}.`;
    yield { kind: 'two-labels', message, samples };
  }
  again.sort((a, b) => a - b);
  if (again.length > 0)
    yield {
      kind: 'copy',
      message: `${named(again)} ${again.length > 1 ? 'are copies' : 'is a copy'} of others, exactly or nearly, and tell nothing new.`,
      samples: again,
    };
  if (leaked.length > 0)
    yield {
      kind: 'validation-copy',
      message: `${named(leaked)} ${leaked.length > 1 ? 'are' : 'is'} also among the validation samples, so what these say flatters.`,
      samples: leaked,
    };
}

function* aboutLabels(samples: ReadonlyMap<string, number[]>, known: readonly string[]): Generator<SampleWarning> {
  for (const [label, meant] of mistyped(samples, known)) {
    const own = samples.get(label) ?? [];
    yield {
      kind: 'similar-label',
      message: `${named(own)} alone has the label '${label}': is '${meant}' meant?`,
      samples: own,
    };
  }
}

function* aboutStrangers(looks: Float32Array | undefined, labels: readonly string[]): Generator<SampleWarning> {
  if (!looks) return;
  const names = [...new Set(labels)];
  const places = new Map(names.map((name, place) => [name, place]));
  const classes = Int32Array.from(labels, (label) => places.get(label) ?? 0);
  for (const { sample, like } of strangersAmong(looks, classes)) {
    const message = `Sample ${sample} has the label '${labels[sample]}', and is much more like those of '${names[like]}'.`;
    yield { kind: 'unlike-label', message, samples: [sample] };
  }
}

function* aboutRare(samples: ReadonlyMap<string, number[]>): Generator<SampleWarning> {
  const [common, most] = [...samples].reduce((a, b) => (b[1].length > a[1].length ? b : a), ['', []]);
  for (const [label, own] of samples)
    if (RARE * own.length <= most.length) {
      const count = own.length > 1 ? `are only ${own.length} samples` : 'is only 1 sample';
      const message = `There ${count} of '${label}', and ${most.length} of '${common}': add some.`;
      yield { kind: 'few-samples', message, samples: own };
    }
}

/** Samples by their indices, as a subject. */
const named = (samples: readonly number[]): string =>
  samples.length === 1 ? `Sample ${samples[0]}` : `Samples ${listed(samples.map(String))}`;
