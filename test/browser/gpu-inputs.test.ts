// Inputs that are on a page's GPU, on the device that it gave.

import { assert } from 'chai';
import { create, load } from 'handful';
import type { Preprocessing, Spec } from 'handful';
import { assertNear, disposedAfterEach, refused, tiny, trainedFile } from '../support/sdk-classifiers.js';
import { drawings, symbols } from '../support/sdk-drawings.js';

const disposed = disposedAfterEach();
const { STORAGE, COPY_SRC, MAP_WRITE } = GPUBufferUsage;
const newDevice = async () => (await navigator.gpu.requestAdapter())!.requestDevice();

function bufferOf(device: GPUDevice, values: ArrayLike<number>, usage = STORAGE | COPY_SRC): GPUBuffer {
  const buffer = device.createBuffer({ size: 4 * values.length, usage, mappedAtCreation: true });
  new Float32Array(buffer.getMappedRange()).set(values);
  buffer.unmap();
  return buffer;
}

/** Bytes that go from this side to any GPU from now on. */
function watchWrites(): { bytes: () => number; restore: () => void } {
  const { writeBuffer } = GPUQueue.prototype;
  let bytes = 0;
  GPUQueue.prototype.writeBuffer = function (...args) {
    bytes += args[2].byteLength;
    return writeBuffer.apply(this, args);
  };
  return { bytes: () => bytes, restore: () => void (GPUQueue.prototype.writeBuffer = writeBuffer) };
}

describe('buffers of a GPU as inputs', function () {
  this.timeout(60_000);
  let device: GPUDevice;
  beforeEach(async () => void (device = await newDevice()));
  afterEach(() => device.destroy());

  const opened = async (backend: 'webgpu' | 'wasm' = 'webgpu') =>
    disposed(load(await trainedFile(), { backend, worker: false, device }));

  /** What drawings look like to the network. */
  async function images(count: number): Promise<Float32Array[]> {
    const inputs = drawings(count).map(({ input }) => input);
    const seen = await (await opened('wasm')).predictBatch(inputs, { image: true });
    return seen.map(({ image }) => image!.data);
  }

  for (const backend of ['webgpu', 'wasm'] as const)
    it(`are answered on ${backend} as their values are, and are left as they were`, async () => {
      const classifier = await opened(backend);
      const values = await images(2);
      const expected = await classifier.predictBatch(values, { image: true });
      const buffers = values.map((image) => bufferOf(device, image));
      const writes = watchWrites();
      const found = await classifier.predictBatch(buffers, { image: true });
      writes.restore();
      assert.isBelow(writes.bytes(), values[0]!.byteLength, 'no input goes back to the GPU');
      const mixed = await classifier.predictBatch([values[0]!, buffers[1]!], { image: true });
      for (const [i, { label, probabilities, image }] of expected.entries())
        for (const of of i < 2 ? [found, mixed] : [found]) {
          assert.equal(of[i]!.label, label);
          assertNear(of[i]!.probabilities, probabilities, 1e-5);
          assert.deepEqual(of[i]!.image, image);
        }
      for (const buffer of buffers) await classifier.predict(buffer); // not destroyed
    });

  it('are standardised as pictures are, channel by channel', async () => {
    const spec: Spec = {
      name: 'colours',
      input: [2, 2, 3],
      layers: [{ type: 'flatten' }, { type: 'dense', name: 'last', units: 3 }],
    };
    for (const order of ['rgb', 'bgr'] as const) {
      const preprocess: Preprocessing = {
        kind: 'photo',
        mean: [0.2, 0.3, 0.4],
        std: [0.1, 0.5, 0.9],
        order,
        invert: order === 'bgr',
      };
      const classifier = await disposed(
        create(spec, { backend: 'webgpu', worker: false, device, labels: symbols, preprocess }),
      );
      const values = Float32Array.from({ length: 12 }, (_, i) => ((5 * i) % 12) / 12);
      const expected = await classifier.predict(values);
      assertNear(
        (await classifier.predict(bufferOf(device, values))).probabilities,
        expected.probabilities,
        1e-5,
        order,
      );
    }
  });

  it('without ink are blank', async () => {
    const { rejected } = await (await opened()).predict(bufferOf(device, new Float32Array(784)));
    assert.equal(rejected, 'blank');
  });

  it('are refused where they are none that can be read, and nothing is lost', async () => {
    const classifier = await opened();
    const good = bufferOf(device, new Float32Array(784).fill(0.5));
    const gone = bufferOf(device, new Float32Array(784));
    gone.destroy();
    const other = await newDevice();
    for (const [bad, why] of [
      [bufferOf(device, [1, 2, 3]), /Input 1: Got a GPUBuffer of 12 bytes: expected 3136, 784 numbers/],
      [bufferOf(device, new Float32Array(784), STORAGE), /Input 1: Got a GPUBuffer that cannot be copied from/],
      [bufferOf(device, new Float32Array(784).fill(2)), /Input 1: Got value 2 at index 0: expected 0 to 1/],
      [bufferOf(device, new Float32Array(784).fill(NaN)), /Input 1: Got value NaN at index 0/],
      [gone, /cannot be read/],
      [bufferOf(other, new Float32Array(784)), /cannot be read/],
      [device.createBuffer({ size: 3136, usage: MAP_WRITE | COPY_SRC, mappedAtCreation: true }), /cannot be read/],
    ] as const)
      await refused(classifier.predictBatch([good, bad]), 'bad-input', why);
    other.destroy();
    assert.isString((await classifier.predict(good, { reject: false })).label);
    assert.equal(classifier.backend.name, 'webgpu');
  });

  it('are for predict alone, and for its own device in its own thread', async () => {
    const buffer = bufferOf(device, new Float32Array(784).fill(0.5));
    const classifier = await opened();
    await refused(classifier.evaluate([{ input: buffer, label: 'circle' }]), 'bad-input', /only predict takes/);
    await refused(classifier.fineTune([{ input: buffer, label: 'circle' }]), 'bad-input', /only predict takes/);
    await refused(classifier.read(buffer), 'bad-input', /only predict takes/);
    const without = await disposed(create(tiny, { backend: 'wasm', worker: false, labels: symbols }));
    await refused(without.predict(buffer), 'bad-input', /expected its device as the option device/);
    const elsewhere = await disposed(create(tiny, { backend: 'wasm', labels: symbols }));
    await refused(elsewhere.predict(buffer), 'bad-argument', /GPUBuffer/);
  });
});
