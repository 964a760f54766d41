// Fits what pretrained networks know of themselves, and leaves their weights: npm run calibrate -- ID …
// Chosen on the training images that were held back; measured on the test images, and on pictures of no digit.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeModel, encodeModel, Network, openWasm, lower } from '#internals';
import { recipes } from '../pretrained/training/recipes.mjs';
import { knowledgeOf, measured } from './lib/ood-detector.mjs';
import { writeWhole } from './lib/files.mjs';
import { noteSha256 } from './lib/pretrained-source.mjs';
import './lib/relaxed.mjs';
import { trainingData } from './lib/training-data.mjs';
import { among, refuse } from './lib/usage.mjs';

const ids = process.argv.slice(2);
const shipped = Object.keys(recipes).filter((id) => recipes[id].ships !== false);
if (ids.length === 0) refuse(`Usage: npm run calibrate -- ID …, each one of: ${shipped.join(', ')}`);
among('shipped network', ids, shipped);
const device = await openWasm({ threads: 1 });
for (const id of ids) {
  const file = join('pretrained', id, 'model.safetensors');
  const cardFile = join('pretrained', id, 'card.json');
  const card = JSON.parse(await readFile(cardFile, 'utf8'));
  const model = decodeModel(await readFile(file));
  const data = await trainingData(recipes[id]);
  const network = new Network(lower(model.spec), model.weights, device);
  const knowledge = await knowledgeOf(network, model.preprocess, { ...data, seed: card.seed });
  const bytes = encodeModel({ ...model, ...knowledge }, { dtype: 'F16' });
  card.knows = await measured(network, decodeModel(bytes), data.test, data.images);
  card.weights = { ...card.weights, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  network.dispose();
  await writeWhole(file, bytes);
  await noteSha256(id, card.weights.sha256);
  await writeWhole(cardFile, `${JSON.stringify(card, null, 2)}\n`);
  console.log(id, bytes.length, JSON.stringify(card.knows));
}
device.release();
