// Puts the page, the worker and the weights beside the bundle.
import { cpSync } from 'node:fs';

cpSync('index.html', 'dist/index.html');
for (const folder of ['dist', 'pretrained'])
  cpSync(`node_modules/handful/${folder}`, `dist/handful/${folder}`, { recursive: true });
