import type { Parameter } from '../spec.js';

// PyTorch keeps channels first and outputs before inputs; handful, like TensorFlow.js, channels last and outputs last.
// Every parameter is read here as a convolution's weight: a dense layer's is one whose kernel covers all of the
// flattened image, or a single pixel; a vector's has no inputs to permute.

/** Shape of a parameter in a PyTorch state_dict. */
export function diskShape({ kind, shape }: Pick<Parameter, 'kind' | 'shape'>): readonly number[] {
  if (kind === 'conv') return [shape[3], shape[2], shape[0], shape[1]]; // [O, I, H, W]
  if (kind === 'dense') return [shape[1], shape[0]]; // [O, I]
  return shape;
}

/** From PyTorch's layout [O, I, H, W] to [H, W, I, O], as new float32 values. */
export function toMemoryLayout(disk: ArrayLike<number>, parameter: Parameter): Float32Array<ArrayBuffer> {
  const memory = new Float32Array(disk.length);
  eachWeight(parameter, (atMemory, atDisk) => (memory[atMemory] = disk[atDisk]));
  return memory;
}

/** From [H, W, I, O] to PyTorch's layout [O, I, H, W], as new float32 values. */
export function toDiskLayout(memory: ArrayLike<number>, parameter: Parameter): Float32Array<ArrayBuffer> {
  const disk = new Float32Array(memory.length);
  eachWeight(parameter, (atMemory, atDisk) => (disk[atDisk] = memory[atMemory]));
  return disk;
}

function eachWeight(parameter: Parameter, visit: (atMemory: number, atDisk: number) => void): void {
  const [height, width, inputs, outputs] = kernelShape(parameter);
  const pixels = height * width;
  let disk = 0;
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let pixel = 0; pixel < pixels; pixel++) visit((pixel * inputs + input) * outputs + output, disk++);
}

function kernelShape({ kind, shape, flattened }: Parameter): [height: number, width: number, in_: number, out: number] {
  if (kind === 'conv') return [shape[0], shape[1], shape[2], shape[3]];
  if (kind !== 'dense') return [1, 1, 1, shape[0]];
  const [height, width, channels] = flattened ?? [1, 1, shape[0]];
  return [height!, width!, channels!, shape[1]];
}
