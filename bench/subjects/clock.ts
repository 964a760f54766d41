// How the driver speaks to a subject in a worker: `check` shows that it does the same work, `round` measures it.

import { parse } from './work.js';
import type { Row } from './work.js';

/** One call does the row's work and answers its numbers: logits [N · classes], or the loss before the update. */
export type Call = () => Promise<ArrayLike<number>>;

/** Prepares a row. @param learningRate For training. */
export type Prepare = (row: Row, learningRate: number) => Call | Promise<Call>;

const STEPS = 3;
const PATIENCE = 5000; // ms of one call, from which on a subject is warm enough by its check

export function subject(prepare: Prepare, info: object = {}): void {
  const prepared = new Map<string, Call>();
  const warm = new Set<string>();

  /** Prepares a row, the first time. */
  async function callOf(row: string): Promise<Call> {
    const { optimizer } = parse(row);
    if (!prepared.has(row)) prepared.set(row, await prepare(parse(row), optimizer === 'adam' ? 1e-3 : 0.05));
    return prepared.get(row)!;
  }

  /** Calls for `budget` ms, and once at least. @returns ms a call. */
  async function run(call: Call, budget: number): Promise<number> {
    const start = performance.now();
    let calls = 0;
    let passed = 0;
    do {
      await call();
      calls++;
      passed = performance.now() - start;
    } while (passed < budget);
    return passed / calls;
  }

  Object.assign(globalThis, {
    info,
    /** The numbers of one inference, or the losses of the first steps of training: two at least. Before any round. */
    async check(row: string): Promise<number[]> {
      const call = await callOf(row);
      const isTraining = parse(row).kind === 'train';
      const numbers: number[] = [];
      let last = 0;
      for (let i = 0; i < STEPS && (i < 2 || last < PATIENCE); i++) {
        const start = performance.now();
        const found = await call();
        last = performance.now() - start;
        if (isTraining || i === 0) numbers.push(...Array.from(found));
      }
      if (last >= PATIENCE) warm.add(row);
      return numbers;
    },
    /** Milliseconds a call. The first round of a row comes after as many calls as the engine's optimiser needs. */
    async round(row: string, budget: number): Promise<number> {
      const call = await callOf(row);
      if (!warm.has(row)) await run(call, 3 * budget);
      warm.add(row);
      return run(call, budget);
    },
  });
}
