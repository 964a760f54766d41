// node scripts/camera-features.mjs: what Teach's camera can tell apart on cifar10-resnet's features, on things that
// network never saw: photos of clothes (Fashion-MNIST), three at a time, 20 pictures of each to learn from.
import { load } from 'handful';
import { loadClothes } from './data/fashion.mjs';

const EACH = 20;
const TESTED = 200;
const PER_CLASS = EACH * 3 + TESTED;
const names = ['T-shirt', 'trousers', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'];
const trios = [
  ['bag', 'sneaker', 'T-shirt'],
  ['trousers', 'bag', 'boot'],
  ['sandal', 'sneaker', 'boot'],
  ['pullover', 'coat', 'shirt'],
];

const pictures = await loadClothes(PER_CLASS);

/** @param {string} label @param {number} from @param {number} count */
function samples(label, from, count) {
  const first = names.indexOf(label) * PER_CLASS + from;
  return pictures
    .slice(first, first + count)
    .map((grey) => ({ input: { data: rgba(grey), width: 28, height: 28 }, label }));
}

/** @param {Uint8Array} grey */
function rgba(grey) {
  const data = new Uint8ClampedArray(4 * grey.length).fill(255);
  for (const [i, value] of grey.entries()) data.fill(value, 4 * i, 4 * i + 3);
  return data;
}

for (const trio of trios) {
  /** @type {string[]} */
  const rights = [];
  for (let run = 0; run < 3; run++) {
    const network = await load('cifar10-resnet', { backend: 'wasm', seed: run });
    const learned = trio.flatMap((label) => samples(label, EACH * run, EACH));
    await network.fineTune(learned, { labels: trio, layers: 'head' });
    const { accuracy } = await network.evaluate(trio.flatMap((label) => samples(label, 3 * EACH, TESTED)));
    rights.push(`${(100 * accuracy).toFixed(1)} %`);
    network.dispose();
  }
  console.log(`${trio.join(', ')}: ${rights.join(', ')} right of ${3 * TESTED}, learned from ${3 * EACH}`);
}
