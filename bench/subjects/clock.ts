// How the driver speaks to a subject in a worker: `round` to measure, `check` to see that it does the same work.

import { parse } from './work.js';
import type { Row } from './work.js';

/** One call does the row's work and answers its numbers: logits [N · classes], or the loss before the update. */
export type Call = () => Promise<ArrayLike<number>>;

/** Prepares a row. @param learningRate For training. */
export type Prepare = (row: Row, learningRate: number) => Call | Promise<Call>;

const STEPS = 5;

export function subject(prepare: Prepare, info: object = {}): void {
  const prepared = new Map<string, Call>();

  /** Calls for `budget` ms, and twice at least. @returns ms a call. */
  async function run(call: Call, budget: number): Promise<number> {
    const start = performance.now();
    let calls = 0;
    let passed = 0;
    while (calls < 2 || passed < budget) {
      await call();
      calls++;
      passed = performance.now() - start;
    }
    return passed / calls;
  }

  Object.assign(globalThis, {
    info,
    /** Milliseconds a call. The first round of a row prepares it and runs it until the engine has optimised it. */
    async round(row: string, budget: number): Promise<number> {
      let call = prepared.get(row);
      if (!call) {
        call = await prepare(parse(row), 1e-3);
        prepared.set(row, call);
        await run(call, 3 * budget);
      }
      return run(call, budget);
    },
    /** The numbers of one inference, or the losses of the first steps of training. */
    async check(row: string): Promise<number[]> {
      const { kind, optimizer } = parse(row);
      const call = await prepare(parse(row), optimizer === 'adam' ? 1e-3 : 0.05);
      const numbers: number[] = [];
      for (let i = 0; i < (kind === 'train' ? STEPS : 1); i++) numbers.push(...Array.from(await call()));
      return numbers;
    },
  });
}
