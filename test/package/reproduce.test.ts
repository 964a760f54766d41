// npm run reproduce: a short row, killed in the middle and started again.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROWS = ['digits-8x8', 'linear-1'];

describe('npm run reproduce', () => {
  it('goes on where it was interrupted, and writes figures, pictures and a page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reproduce-'));
    try {
      assert.equal(await reproduce(folder, 'epoch 3 of'), null);
      assert.equal((await readdir(join(folder, 'data', 'reproduce'))).length, 2);
      assert.equal(await reproduce(folder), 0);
      assert.deepEqual(await readdir(join(folder, 'data', 'reproduce')), []);

      const results = JSON.parse(await readFile(join(folder, 'reproduction.json'), 'utf8'));
      assert.deepEqual(Object.keys(results), ROWS);
      const { accuracies, history, note, pictures, reached } = results['digits-8x8'];
      assert.equal(accuracies.length, 5);
      accuracies.forEach((accuracy: number) => assert.ok(accuracy > 90, `${accuracy} %`));
      const epochs = history.map(({ epoch }: { epoch: number }) => epoch);
      assert.deepEqual(
        epochs,
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
      assert.match(note, /interrupted \(1\)/);
      assert.equal(reached, true);
      assert.equal(results['linear-1'].reached, true);

      const text = await readFile(join(folder, 'reproduction.md'), 'utf8');
      for (const name of pictures) {
        assert.ok(text.includes(`reproduction/digits-8x8-${name}`), name);
        assert.ok((await readFile(join(folder, 'reproduction', `digits-8x8-${name}`))).length > 100, name);
      }
      assert.match(text, /\| `lenet5` .* not yet run \|/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('an unknown row is named, with those there are', async () => {
    const said: string[] = [];
    assert.equal(await reproduce(tmpdir(), undefined, ['no-such-row'], said), 2);
    assert.match(said.join(''), /no row no-such-row; there are: softmax, /);
  });
});

/** Runs rows; killed as soon as it says `until`, it yields null, else its exit code. */
function reproduce(out: string, until?: string, rows = ROWS, said: string[] = []): Promise<number | null> {
  const child = spawn(process.execPath, ['scripts/reproduce.mjs', ...rows, '--out', out], {
    env: { ...process.env, HANDFUL_DATA: join(out, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said.push(String(chunk));
      if (until && said.join('').includes(until)) child.kill('SIGKILL');
    });
  return new Promise((resolve) => child.on('exit', resolve));
}
