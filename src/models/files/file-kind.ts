const SAVE = 'save its weights with safetensors.torch.save_file, by the names of a PyTorch state_dict';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const HDF5 = [0x89, 0x48, 0x44, 0x46];

// First bytes of files that are often taken for a safetensors file by mistake.
const SIGNATURES: readonly (readonly [bytes: readonly number[], kind: string])[] = [
  [[0x50, 0x4b], `a zip archive, as torch.save writes: ${SAVE}`], // PK
  [[0x80, 0x02], `a Python pickle, as old versions of PyTorch wrote: ${SAVE}`],
  [[0x80, 0x03], `a Python pickle: ${SAVE}`],
  [[0x80, 0x04], `a Python pickle: ${SAVE}`],
  [[0x80, 0x05], `a Python pickle: ${SAVE}`],
  [[0x1f, 0x8b], 'gzip: decompress it first'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image'], // GIF8
  [[0x52, 0x49, 0x46, 0x46], 'a WebP image or another RIFF file'], // RIFF
  [HDF5, 'an HDF5 file, as Keras (.h5) writes'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'a NumPy array'],
  [[0x47, 0x47, 0x55, 0x46], 'a GGUF file, which holds a language model: handful reads networks that are in README'],
];

/** Formats that handful reads beside its own. */
export type ForeignFormat = 'onnx' | 'tfjs' | 'keras';

/** Which of the formats that handful reads beside its own a file seems to have; undefined for all else. */
export function foreignFormat(bytes: Uint8Array): ForeignFormat | undefined {
  if (bytes[7] === 0 && bytes[8] === 0x7b) return undefined; // the length of a safetensors file's header, and its {
  if (isOnnx(bytes)) return 'onnx';
  if (begins(bytes, ZIP) || begins(bytes, HDF5)) return 'keras';
  return isModelJson(startOf(bytes)) ? 'tfjs' : undefined;
}

function begins(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, index) => bytes[index] === byte);
}

function startOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.slice(0, 64)).trimStart(); // drops a byte order mark, too
}

/** The keys of a TensorFlow.js model.json come in any order. */
function isModelJson(start: string): boolean {
  return /^\{\s*"(format|modelTopology|weightsManifest|generatedBy|convertedBy|trainingConfig|userDefinedMetadata)"/.test(
    start,
  );
}

/** Says what a file that is no safetensors file seems to be; undefined if there is no telling. */
export function guessFileKind(bytes: Uint8Array): string | undefined {
  const signature = SIGNATURES.find(([first]) => begins(bytes, first));
  if (signature) return signature[1];
  if (String.fromCharCode(...bytes.subarray(4, 8)) === 'TFL3') return `a TFLite file: ${SAVE}`;
  if (isOnnx(bytes)) return 'an ONNX file, which `load` reads';
  const start = startOf(bytes);
  if (/^(<!doctype|<html|<head|<!--)/i.test(start)) return 'an HTML page, perhaps a "not found" page: check the URL';
  if (/^<(\?xml|svg)/i.test(start)) return 'an XML or SVG file';
  if (start.startsWith('version https://git-lfs')) return 'a Git LFS pointer: fetch the file that it stands for';
  if (isModelJson(start)) return 'a TensorFlow.js model.json';
  if (/^\{\s*"(class_name|module)"/.test(start))
    return "a Keras model's configuration without weights: save it by model.save";
  if (/^[{[]\s*(["{[\d\]}-]|$)/.test(start)) return 'JSON';
  if (/^[\t\n\r\x20-\x7e]+$/.test(start)) return 'a text file';
  return undefined;
}

/** Protocol buffers have no signature; a ModelProto begins with its version, under 32, before its next field. */
function isOnnx([first, version = 0, next]: Uint8Array): boolean {
  return (
    first === 0x08 && version > 0 && version < 32 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(next ?? 0)
  );
}
