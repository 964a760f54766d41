// What the machine's SIMD units do at best in a browser: subjects/peak.as.ts in a subject's worker.
import { compileAssembly } from '../scripts/build/asc.mjs';

const OPERATIONS = 80; // a turn
const TURNS = 1e8; // as long as a subject's round, so that a busy machine slows both alike

/**
 * @param {import('puppeteer-core').WebWorker} worker
 * @returns `peak(kind)` in GFLOP/s: `relaxed` with fused multiply-add, `simd` with multiply and add.
 */
export async function simdPeak(worker) {
  for (const kind of /** @type {const} */ (['simd', 'relaxed'])) {
    const wasm = (await compile(kind)).toString('base64');
    await worker.evaluate(
      async (kind, wasm) => {
        const bytes = Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0));
        const { instance } = await WebAssembly.instantiate(bytes, { env: { abort() {} } });
        const turns = /** @type {(turns: number) => number} */ (instance.exports.turns);
        globalThis.peaks = { ...globalThis.peaks, [kind]: turns };
        // Until the engine has optimised it, which it does beside us and puts in place between calls.
        for (let i = 0; i < 10; i++) {
          turns(1e6);
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
      },
      kind,
      wasm,
    );
  }
  /** @param {string} kind @param {number} turns */
  const measure = (kind, turns) => {
    const start = performance.now();
    globalThis.peaks[kind](turns);
    return performance.now() - start;
  };
  return async (/** @type {'simd' | 'relaxed'} */ kind) =>
    (TURNS * OPERATIONS) / (await worker.evaluate(measure, kind, TURNS)) / 1e6;
}

/** @param {'simd' | 'relaxed'} kind */
function compile(kind) {
  return compileAssembly('bench/subjects/peak.as.ts', [
    '-O3',
    '--runtime=stub',
    '--disableWarning=112',
    '--enable=simd',
    ...(kind === 'relaxed' ? ['--enable=relaxed-simd'] : []),
  ]);
}
