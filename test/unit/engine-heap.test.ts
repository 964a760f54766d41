import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeap } from '../../src/backends/wasm/engine/heap.js';
import { draws } from '../support/draws.js';

test('what is allocated is zero, on a cache line of its own, and apart from all else', () => {
  const heap = createHeap(false);
  const { whole, pick } = draws(1);
  const live = new Map<number, { count: number; mark: number }>();
  for (let i = 1; i <= 2000; i++) {
    if (live.size > 0 && whole(0, 2) === 0) {
      const [address, { count, mark }] = pick([...live]);
      assert.ok(heap.floats(address, count).every((value) => value === mark));
      heap.free(address);
      live.delete(address);
      continue;
    }
    const count = whole(0, 3) === 0 ? whole(1, 40_000) : whole(1, 40);
    const address = heap.allocate(count);
    assert.ok(address > 0 && address % 64 === 0);
    const floats = heap.floats(address, count);
    assert.ok(floats.every((value) => value === 0));
    floats.fill(i);
    live.set(address, { count, mark: i });
  }
  for (const address of live.keys()) heap.free(address);
  assert.equal(heap.used, 0);
});

test('what is freed is used again: memory does not grow', () => {
  const heap = createHeap(false);
  const round = () => [1000, 5, 70_000, 64, 200_000].map(heap.allocate).forEach(heap.free);
  round();
  const { byteLength } = heap.memory.buffer;
  for (let i = 0; i < 100; i++) round();
  assert.equal(heap.memory.buffer.byteLength, byteLength);
});

test('too much is refused, and nothing of the attempt is left', () => {
  const heap = createHeap(false);
  const kept = heap.allocate(100);
  heap.floats(kept, 100).fill(7);
  const before = heap.used;
  const attempt = () =>
    heap.attempt(() => {
      heap.allocate(1000);
      heap.attempt(() => heap.allocate(10));
      heap.allocate(2 ** 30); // four gigabytes
    });
  assert.throws(attempt, { name: 'HandfulError', code: 'out-of-memory', message: /MB/ });
  assert.equal(heap.used, before);
  assert.ok(heap.floats(kept, 100).every((value) => value === 7));
});
