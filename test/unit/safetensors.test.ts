import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HandfulError } from '../../src/errors.js';
import { parseSafetensors, writeSafetensors, type RawTensor } from '../../src/models/files/safetensors.js';

const text = (string: string): Uint8Array => new TextEncoder().encode(string);

/** A file with any header, and `data` bytes of data. */
function file(header: unknown, data = 0, length?: bigint): Uint8Array {
  const json = text(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const tensor = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const raw = (dtype: RawTensor['dtype'], shape: number[], ...bytes: number[]): RawTensor => ({
  dtype,
  shape,
  bytes: Uint8Array.from(bytes),
});

test('a file written is read back the same, names like __proto__ included', () => {
  const tensors = new Map([
    ['b', raw('F32', [1, 2], 1, 2, 3, 4, 5, 6, 7, 8)],
    ['__proto__', raw('U8', [3], 9, 8, 7)],
    ['10', raw('F16', [], 1, 2)],
    ['constructor', raw('F64', [0, 3])],
    ['größe ✓', raw('BF16', [1], 3, 4)],
  ]);
  const metadata = { format: 'x', ['__proto__']: 'y' };
  const bytes = writeSafetensors(tensors, metadata);
  const parsed = parseSafetensors(bytes);
  assert.deepEqual(new Map([...parsed.tensors].sort()), new Map([...tensors].sort()));
  assert.deepEqual(Object.entries(parsed.metadata), Object.entries(metadata));
  assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0);
  assert.deepEqual([...bytes.subarray(-15)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 1, 2, 3, 4], 'data in the order given');
});

test('a file is read from the middle of a buffer, and its tensors are views', () => {
  const bytes = writeSafetensors(new Map([['a', raw('U8', [2], 5, 6)]]));
  assert.deepEqual(parseSafetensors(bytes.buffer).metadata, {});
  const buffer = new Uint8Array(bytes.length + 5);
  buffer.set(bytes, 3);
  const { tensors } = parseSafetensors(buffer.subarray(3, 3 + bytes.length));
  assert.deepEqual([...tensors.get('a')!.bytes], [5, 6]);
  assert.equal(tensors.get('a')!.bytes.buffer, buffer.buffer);
  assert.equal(parseSafetensors(file('{}')).tensors.size, 0);
  assert.equal(parseSafetensors(file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}   ')).tensors.size, 1);
});

test('a tensor whose bytes are not those of its shape is not written', () => {
  const refused = { name: 'HandfulError', code: 'bad-argument' };
  assert.throws(() => writeSafetensors(new Map([['a', raw('F32', [1], 1, 2)]])), refused);
  assert.throws(() => writeSafetensors(new Map([['__metadata__', raw('U8', [1], 1)]])), refused);
});

test('damaged and hostile files are refused with a reason', () => {
  const good = file({ a: tensor([2], 0, 8) }, 8);
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const twice = `{"a":${JSON.stringify(tensor([1], 0, 4))},"a":${JSON.stringify(tensor([1], 4, 8))}}`;
  const same = `{"a":${JSON.stringify(tensor([1], 0, 4))},"a":${JSON.stringify(tensor([1], 0, 4))}}`;
  const empty = `{"a":${JSON.stringify(tensor([0], 0, 0))},"a":${JSON.stringify(tensor([0], 0, 0))}}`;
  const refused: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(), /is empty/],
    ['too short', Uint8Array.of(200, 0, 0), /3 bytes, too few/],
    ['header longer than the file', file('{}', 0, 3n), /truncated.*3 bytes, but only 2 follow/],
    ['header of 2^64-1 bytes', file('{}', 0, 2n ** 64n - 1n), /truncated/],
    ['header of 2^32+2 bytes', file('{}', 0, 2n ** 32n + 2n), /truncated/],
    ['no header', file('', 4, 0n), /no JSON object/],
    ['too long a header', file('{}'.padEnd(2 ** 22 + 8)), /4194312 bytes; expected at most 4194304/],
    ['not UTF-8', new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x7d]), /not JSON in UTF-8/],
    ['not JSON', file('{"a":'), /not JSON/],
    ['an array', file('[]'), /not a safetensors file/],
    ['a byte order mark', file('\ufeff{}'), /not a safetensors file/],
    ['deep JSON', file(`{"a":${deep}}`), /nested 200001 levels deep; expected at most 100/],
    ['deep dtype', file(`{"a":{"dtype":${deep}}}`), /nested 200002 levels deep; expected at most 100/],
    ['entry null', file({ a: null }), /"a" by null/],
    ['entry list', file({ a: [1] }), /"a" by \[1\]/],
    ['entry inherited', file(`{"a":{"__proto__":${JSON.stringify(tensor([], 0, 4))}}}`, 4), /dtype undefined/],
    ['unknown dtype', file({ a: tensor([1], 0, 1, 'F4') }, 1), /dtype "F4"; expected one of BOOL/],
    ['dtype of Object', file({ a: tensor([1], 0, 1, 'constructor') }, 1), /dtype "constructor"/],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /shape undefined/],
    ['negative size', file({ a: tensor([-1], 0, 4) }, 4), /shape \[-1\]/],
    ['two negative sizes', file({ a: tensor([-1, -1], 0, 4) }, 4), /shape \[-1,-1\]/],
    ['fractional size', file({ a: tensor([0.5, 2], 0, 4) }, 4), /shape \[0.5,2\]/],
    ['size as text', file({ a: tensor(['1'], 0, 4) }, 4), /shape \["1"\]/],
    ['infinite size', file('{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', 4), /shape \[Infinity\]/],
    ['overflowing shape', file({ a: tensor([2 ** 31, 2 ** 31, 2 ** 31], 0, 4) }, 4), /4 bytes of data; expected NaN/],
    ['overflow times nothing', file({ a: tensor([2 ** 52, 2 ** 52, 0], 0, 0) }), /expected NaN/],
    ['wrong size', file({ a: tensor([3], 0, 8) }, 8), /8 bytes of data; expected 12/],
    ['offsets missing', file({ a: { dtype: 'F32', shape: [1] } }, 4), /data_offsets undefined/],
    ['three offsets', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 4] } }, 4), /data_offsets \[0,4,4\]/],
    ['negative offset', file({ a: tensor([1], -4, 0) }, 4), /data_offsets \[-4,0\]/],
    ['backwards', file({ a: tensor([1], 4, 0) }, 4), /outside of the 4 bytes/],
    ['beyond the data', file({ a: tensor([2], 0, 8) }, 4), /\[0, 8\], outside of the 4 bytes.*truncated/],
    ['same bytes twice', file({ a: tensor([1], 0, 4), b: tensor([1], 0, 4) }, 4), /begins at byte 0.*expected 4/],
    ['overlap', file({ a: tensor([2], 0, 8), b: tensor([2], 4, 12) }, 12), /"b" begins at byte 4.*expected 8/],
    ['hole', file({ a: tensor([1], 0, 4), b: tensor([1], 8, 12) }, 12), /"b" begins at byte 8.*expected 4/],
    ['hole at first', file({ a: tensor([1], 4, 8) }, 8), /begins at byte 4.*expected 0/],
    ['name twice', file(twice, 8), /2 entries by 1 names; expected each name once/],
    ['same tensor twice', file(same, 4), /2 entries by 1 names/],
    ['an empty tensor twice', file(empty), /2 entries by 1 names/],
    ['metadata twice', file('{"__metadata__":{},"__metadata__":{"a":"b"}}'), /2 entries by 1 names/],
    ['trailing bytes', Uint8Array.of(...good, 0), /9 bytes of data, of which its tensors use 8/],
    ['truncated by one', good.subarray(0, -1), /outside of the 7 bytes/],
    ['metadata a list', file({ __metadata__: ['a'] }), /__metadata__ is \["a"\]/],
    ['metadata null', file({ __metadata__: null }), /__metadata__ is null/],
    ['metadata of numbers', file({ __metadata__: { version: 1 } }), /expected strings by name/],
    ['a huge name', file({ ['x'.repeat(1e6)]: 1 }), /^.{0,200}$/],
  ];
  for (const [what, bytes, message] of refused)
    assert.throws(() => parseSafetensors(bytes), { name: 'HandfulError', code: 'bad-model', message }, what);
});

test('files that ask for too much are refused before that is copied or parsed', () => {
  const many = (count: number) =>
    file(`{${Array.from({ length: count }, (_, i) => `"${i}":${JSON.stringify(tensor([0], 0, 0))}`).join()}}`);
  const overlapping = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, tensor([1], 0, 4)]));
  const refused: [string, Uint8Array, RegExp][] = [
    ['a large file', new Uint8Array(2 ** 29 + 1), /has 536870913 bytes; expected at most 536870912\.$/],
    ['a header of 7 MB', file('{}'.padEnd(7e6)), /header has 7000000 bytes; expected at most 4194304/],
    ['tensors without number', many(50_000), /has 50000 tensors; expected at most 10000/],
    ['one too many', many(10_002), /has 10002 tensors; expected at most 10000/],
    ['all in one place', file(overlapping, 4), /"t1" begins at byte 0 of the data; expected 4/],
    ['a shape without end', file({ a: tensor(new Array(1e6).fill(1), 0, 8) }, 8), /8 bytes of data; expected 4/],
    ['a long list', file(`{"a":[${'0,'.repeat(2e6)}0]}`), /"a" by a list of 2000001/],
    ['a long shape', file(`{"a":{"dtype":"F32","shape":[${'0,'.repeat(2e6)}""]}}`), /shape a list of 2000001/],
  ];
  for (const [what, bytes, message] of refused)
    assert.throws(() => parseSafetensors(bytes), { name: 'HandfulError', code: 'bad-model', message }, what);
  assert.equal(parseSafetensors(many(10_000)).tensors.size, 10_000);
});

test('what could not be read again is not written', () => {
  const long = { note: 'x'.repeat(2 ** 22) };
  const message = /header would have \d+ bytes; expected at most 4194304/;
  assert.throws(() => writeSafetensors(new Map(), long), { name: 'HandfulError', code: 'bad-argument', message });
});

test('files that are something else are called by their name', () => {
  const mistaken: [Uint8Array, RegExp][] = [
    [text('<!DOCTYPE html><html><title>404</title></html>'), /an HTML page.*check the URL/],
    [text('\ufeff\n  <html lang="en"></html>'), /an HTML page/],
    [text('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'), /an XML or SVG file/],
    [text('PK\x03\x04\0\0\0\0archive/data.pkl'), /zip archive, as torch.save .*save_file/],
    [text('PK\x03\x04'), /zip archive/],
    [Uint8Array.of(0x80, 4, 0x95, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20), /pickle/],
    [Uint8Array.of(8, 8, 0x12, 7, ...text('pytorch: 2.4.1 :graph')), /an ONNX file/],
    [Uint8Array.of(8, 3, 0x3a, 0x9b, 1, 10, 20, 30, 40), /an ONNX file/],
    [text('\x1c\0\0\0TFL3\x14\0\x20\0'), /a TFLite file/],
    [Uint8Array.of(0x89, ...text('HDF\r\n\x1a\n\0\0')), /HDF5 file, as Keras/],
    [Uint8Array.from({ length: 64 }, (_, i) => 200 + (i % 50)), /^(?!.*bytes).*nor one of a kind that is known/],
    [text('GGUF\x03\0\0\0\0\0'), /GGUF file/],
    [text('{"format": "layers-model", "modelTopology": {}}'), /TensorFlow.js model.json/],
    [text('{"modelTopology": {"keras_version": "2.1.6"}}'), /TensorFlow.js model.json/],
    [Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20), /pickle/],
    [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), /gzip/],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), /a PNG image/],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /a JPEG image/],
    [text('RIFF\x10\0\0\0WEBPVP8 '), /a WebP image/],
    [text('GIF89a'), /a GIF image/],
    [text('{"name":"lenet5"}'), /JSON/],
    [text('[\n  1, 2\n]\n'), /JSON/],
    [text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a'), /Git LFS pointer/],
    [text('Not Found'), /a text file/],
  ];
  for (const [bytes, message] of mistaken) assert.throws(() => parseSafetensors(bytes), { code: 'bad-model', message });

  const header = '{}'.padEnd(0x0280); // a good file may begin as a pickle does
  assert.equal(parseSafetensors(file(header)).tensors.size, 0);
});

test('whatever a header says, it is read or refused, and what is read lies in the file', () => {
  const size = fc.oneof(fc.integer({ min: -1, max: 9 }), fc.constantFrom(0.5, 2 ** 31, 2 ** 53, '1', null));
  const entry = fc.record(
    {
      dtype: fc.constantFrom('F32', 'F16', 'U8', 'F64', 'x', 1),
      shape: fc.oneof(fc.array(size, { maxLength: 3 }), fc.anything()),
      data_offsets: fc.oneof(fc.tuple(size, size), fc.array(size), fc.anything()),
    },
    { requiredKeys: [] },
  );
  const header = fc.oneof(fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())), fc.jsonValue());
  fc.assert(
    fc.property(header, fc.nat(20), (value, data) => {
      const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : (item as unknown)));
      const bytes = file(json, data);
      try {
        const { tensors } = parseSafetensors(bytes);
        const lengths = [...tensors.values()].map((one) => one.bytes.length);
        assert.equal(
          lengths.reduce((sum, length) => sum + length, 0),
          data,
        );
      } catch (error) {
        if (!(error instanceof HandfulError) || error.code !== 'bad-model') throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
