// What a safetensors file may ask of memory and time, told in docs/pytorch.md; its size is bounded by `common/file-size.ts`. Networks are bounded by `models/lowering/recorder.ts`.

/**
 * Bytes of a safetensors header: what parses takes many times its size. handful's own have up to some 2.5 MB, from a
 * detector of 1024 regions; others, some 100 bytes a tensor.
 */
export const MAX_HEADER = 2 ** 22;

/** A network of 1,000 layers, the most that a spec has, has 5,000 at most. */
export const MAX_TENSORS = 10_000;
