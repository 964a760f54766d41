import { lifetimes } from '../../schedule/lifetimes.js';
import type { Lifetime } from '../../schedule/lifetimes.js';
import type { Schedule, VirtualBuffer } from '../../schedule/steps.js';
import type { Heap } from './heap.js';

/**
 * Puts a schedule's virtual buffers into memory, step by step. A buffer that is done with leaves its place to the next one
 * of the same size an example: then each thread's examples lie at the same place in both, and no thread waits for another.
 */
export class Placement {
  private readonly lifetimes: Map<VirtualBuffer, Lifetime>;
  /** Buffers that are in use. */
  private readonly places = new Map<VirtualBuffer, number>();
  private readonly idle = new Map<number, number[]>();
  private readonly owned: number[] = [];

  /** Where what is written before a run, or read after it, lies. */
  private readonly given = new Map<VirtualBuffer, number>();

  constructor(
    private readonly schedule: Schedule<string, string>,
    private readonly batch: number,
    private readonly heap: Heap,
  ) {
    this.lifetimes = lifetimes(schedule);
    this.place(-1);
  }

  /** Before a step is written: its results have their places. */
  begin(step: number): void {
    this.place(step);
  }

  /** After it was: what nothing reads any more gives its place away. */
  end(step: number): void {
    for (const [buffer, { last }] of this.lifetimes)
      if (last === step) {
        if (!buffer.isFixed) this.release(buffer.size, this.at(buffer));
        this.places.delete(buffer); // so that nobody reads what another one may have overwritten
      }
  }

  /** @throws If the buffer is not in use at this step. */
  at(buffer: VirtualBuffer): number {
    const address = this.places.get(buffer);
    if (address === undefined) throw new Error(`The buffer '${buffer.name}' has no place at this step.`);
    return address;
  }

  /** Where an input or a result of the schedule lies; good when all steps were written. */
  atEnd(buffer: VirtualBuffer): number {
    const address = this.given.get(buffer);
    if (address === undefined) throw new Error(`The buffer '${buffer.name}' is neither given nor a result.`);
    return address;
  }

  /** Memory for `size` floats an example, for as long as `use` runs. */
  borrow<T>(size: number, use: (address: number) => T): T {
    const address = this.take(size);
    const result = use(address);
    this.release(size, address);
    return result;
  }

  /** `count` floats for as long as the program lasts. */
  own(count: number): number {
    const address = this.heap.allocate(count);
    this.owned.push(address);
    return address;
  }

  dispose(): void {
    this.owned.forEach(this.heap.free);
  }

  private place(step: number): void {
    const { inputs, outputs } = this.schedule;
    const given = new Set([...Object.values(inputs), ...Object.values(outputs)]);
    for (const [buffer, { first }] of this.lifetimes) {
      if (first !== step) continue;
      const address = buffer.isFixed ? this.own(buffer.size) : this.take(buffer.size);
      this.places.set(buffer, address);
      if (given.has(buffer)) this.given.set(buffer, address);
    }
  }

  private take(size: number): number {
    return this.idle.get(size)?.pop() ?? this.own(size * this.batch);
  }

  private release(size: number, address: number): void {
    this.idle.set(size, [...(this.idle.get(size) ?? []), address]);
  }
}
