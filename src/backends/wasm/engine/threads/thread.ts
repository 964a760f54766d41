export interface Thread {
  /** Runs this thread's list of a program, with all other threads; throws what a kernel of its own threw. */
  run(program: number, table: number): void;
  /** Runs programs for ever; the pool ends it by terminating its worker. */
  serve(): void;
}

/**
 * One of a pool's threads. It refers to nothing outside itself, since the pool's workers are made from its source text.
 * @param kernels Those that programs name by index.
 * @param control Address of the words by which threads meet: see below.
 */
export function createThread(
  memory: WebAssembly.Memory,
  kernels: readonly (((...args: number[]) => unknown) | undefined)[],
  control: number,
  thread: number,
  threads: number,
): Thread {
  const [PROGRAM, TABLE, ARRIVED, TURN, SLEEPING, FAILED] = [0, 1, 2, 3, 4, 5];
  const END = -2;
  const SPINS = 40_000; // some tenths of a millisecond: waking a sleeping thread takes a good part of that
  const PATIENCE = 60; // seconds; no phase takes that long
  const words = new Int32Array(memory.buffer, control, 6);
  type Step = { kernel: (...args: number[]) => unknown; args: number[] } | undefined;
  const programs = new Map<number, Step[]>();

  // Methods, since bundlers that keep names wrap named functions in calls of a helper that is outside.
  const own = {
    /** Waits until all threads are here. */
    meet() {
      const turn = Atomics.load(words, TURN);
      if (Atomics.add(words, ARRIVED, 1) === threads - 1) {
        Atomics.store(words, ARRIVED, 0);
        Atomics.store(words, TURN, turn + 1);
        if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, TURN);
        return;
      }
      for (let i = 0; i < SPINS; i++) if (Atomics.load(words, TURN) !== turn) return;
      Atomics.add(words, SLEEPING, 1);
      // Ticks instead of one deadline: for a computer that slept an hour it was one of them.
      for (let ticks = 0; Atomics.load(words, TURN) === turn;)
        if (Atomics.wait(words, TURN, turn, 1000) === 'timed-out' && thread === 0 && ++ticks >= PATIENCE)
          throw new Error('A thread of the pool is gone.');
      Atomics.sub(words, SLEEPING, 1);
    },

    /** This thread's list of a program, which is in memory as numbers; undefined is a barrier. */
    decode(program: number, table: number): Step[] {
      const found = programs.get(program);
      if (found) return found;
      memory.grow(0); // it may have grown in another thread: this takes note of it
      const all = new Float64Array(memory.buffer, table);
      const steps: Step[] = [];
      for (let list = all.subarray(all[thread]); ;) {
        const [index = END, count = 0] = list;
        if (index === END) break;
        const kernel = kernels[index]; // none for a barrier
        const length = kernel ? 2 + count : 1;
        steps.push(kernel && { kernel, args: Array.from(list.subarray(2, length)) });
        list = list.subarray(length);
      }
      if (programs.size > 100) programs.clear(); // those of networks long gone
      programs.set(program, steps);
      return steps;
    },

    /** @returns What a kernel threw. */
    work(program: number, table: number): unknown {
      let failure: unknown;
      for (const step of own.decode(program, table))
        if (!step) own.meet();
        else if (!failure)
          try {
            step.kernel(...step.args);
          } catch (error) {
            failure = error; // and on to the barriers, where the others wait
            Atomics.store(words, FAILED, 1);
          }
      return failure;
    },

    run(program: number, table: number) {
      Atomics.store(words, PROGRAM, program);
      Atomics.store(words, TABLE, table);
      Atomics.store(words, FAILED, 0);
      own.meet();
      const failure = own.work(program, table);
      if (failure) throw failure;
      if (Atomics.load(words, FAILED)) throw new Error('A kernel failed in a thread of the pool.');
    },

    serve() {
      for (;;) {
        own.meet();
        own.work(Atomics.load(words, PROGRAM), Atomics.load(words, TABLE));
      }
    },
  };
  return own;
}
