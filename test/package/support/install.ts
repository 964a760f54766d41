import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** An empty project of a user's, with the packed tarball installed. */
export interface Project {
  folder: string;
  /** Where the package lies in it. */
  handful: string;
  /** Every file of the package and its size in bytes. */
  files: Map<string, number>;
  /** Runs a Node program in the project. @throws with its output if it fails. */
  node(...args: string[]): string;
}

/** Packs what is built in dist/, and installs it as a user would, in a folder that goes after the tests. */
export function installPacked(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'handful-package-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const npm = (args: string[], cwd: string) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe', shell: process.platform === 'win32' });
  const [{ filename }] = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], '.'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`], folder);

  const handful = join(folder, 'node_modules/handful');
  const files = new Map<string, number>();
  for (const entry of readdirSync(handful, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(join(handful, entry));
    if (stats.isFile()) files.set(entry.replaceAll('\\', '/'), stats.size);
  }
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', timeout: 60_000 });
  return { folder, handful, files, node };
}
