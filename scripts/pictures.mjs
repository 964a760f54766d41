// Makes the pictures of schedules in docs/how, and the table of work in docs/how.md: npm run docs:pictures
import { readFile, writeFile } from 'node:fs/promises';
import { explainProgram, lenet5, lower, miniVgg, mlp, resnet } from '#internals';
import { markdownTable, withMarked } from './lib/marked.mjs';
import { schedulePicture, workByPass } from './lib/schedule-picture.mjs';

const networks = {
  'MLP 784-512-256-128-64-10': mlp([784, 512, 256, 128, 64, 10]),
  'LeNet-5': lenet5(),
  MiniVGG: miniVgg(),
  'ResNet, 32 x 32 x 3': resnet([2, 2, 2], { input: [32, 32, 3] }),
};
/** Of these there are pictures. @type {Record<string, string>} */
const pictures = { 'LeNet-5': 'lenet5', 'ResNet, 32 x 32 x 3': 'resnet' };

const rows = [['network', 'forward', 'gradients', 'gradients of weights', 'all, MFLOP']];
for (const [name, spec] of Object.entries(networks)) {
  const program = await explainProgram(lower(spec), { batch: 16, threads: 1, optimizer: 'adam', isTraining: true });
  const { forward, gradient, weightGradient, all } = workByPass(program);
  rows.push([name, ...[forward, gradient, weightGradient, all].map((value) => value.toFixed(1))]);
  if (name in pictures)
    await writeFile(
      `docs/how/${pictures[name]}.svg`,
      schedulePicture(program, `${name}: a training step, a batch of 16`),
    );
}
const page = await readFile('docs/how.md', 'utf8');
await writeFile('docs/how.md', await withMarked(page, 'work', markdownTable(rows)));
