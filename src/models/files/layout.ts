import type { Parameter } from '../lowering/lower.js';

// PyTorch keeps channels first and outputs before inputs; handful, like TensorFlow.js, channels last and outputs last.
// Every parameter is read here as a convolution's weight: a dense layer's is one whose kernel covers all of the
// flattened image, or a single pixel; a vector's has no inputs to permute.

/** Shape of a parameter in a PyTorch state_dict. */
export function diskShape({ kind, shape }: Pick<Parameter, 'kind' | 'shape'>): readonly number[] {
  if (kind !== 'conv' && kind !== 'dense') return shape;
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  return [outputs, inputs, ...shape.slice(0, -2)]; // [O, I, H, W] or [O, I]
}

/** From PyTorch's layout [O, I, H, W] to [H, W, I, O], as new float32 values. */
export function toMemoryLayout(disk: ArrayLike<number>, parameter: Parameter): Float32Array<ArrayBuffer> {
  const memory = new Float32Array(disk.length);
  eachWeight(parameter, (atMemory, atDisk) => (memory[atMemory] = disk[atDisk] ?? 0));
  return memory;
}

/** From [H, W, I, O] to PyTorch's layout [O, I, H, W], as new float32 values. */
export function toDiskLayout(memory: ArrayLike<number>, parameter: Parameter): Float32Array<ArrayBuffer> {
  const disk = new Float32Array(memory.length);
  eachWeight(parameter, (atMemory, atDisk) => (disk[atDisk] = memory[atMemory] ?? 0));
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

/** [height, width, inputs, outputs] */
function kernelShape({ kind, shape, flattened }: Parameter): readonly [number, number, number, number] {
  const [outputs = 1, inputs = 1, ofWidth = 1, ofHeight = 1] = [...shape].reverse();
  if (kind !== 'dense') return [ofHeight, ofWidth, inputs, outputs];
  const [height = 1, width = 1, channels = 1] = flattened ?? [1, 1, inputs];
  return [height, width, channels, outputs];
}
