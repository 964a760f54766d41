// What a convolution or a pool does to an image, as a record in memory: twelve int32 words, in the order in which the
// caller writes them (../geometry.ts).

import { check, f32Bytes } from './simd';

export const GEOMETRY_BYTES: usize = 64; // of scratch memory for one: a record, and so many that what follows is aligned

/** A pool's kernel is its window, and both its channels are the image's. */
@unmanaged
export class Geometry {
  height: i32;
  width: i32;
  inChannels: i32;
  outChannels: i32;
  kernelH: i32;
  kernelW: i32;
  strideH: i32;
  strideW: i32;
  /** Zeros above an image and on its left; below and on the right there are as many as the output's size needs. */
  top: i32;
  left: i32;
  outH: i32;
  outW: i32;

  /** Factors of one output. */
  get taps(): i32 {
    return this.kernelH * this.kernelW * this.inChannels;
  }

  /** Rows of a padded image: those that windows reach. */
  get paddedH(): i32 {
    return (this.outH - 1) * this.strideH + this.kernelH;
  }

  get paddedW(): i32 {
    return (this.outW - 1) * this.strideW + this.kernelW;
  }

  /** Whether windows reach no zeros, so that no image has to be padded. */
  get isInside(): bool {
    return this.top == 0 && this.left == 0 && this.paddedH <= this.height && this.paddedW <= this.width;
  }

  /** Bytes of an image, */
  get inBytes(): usize {
    return f32Bytes(this.height * this.width * this.inChannels);
  }

  /** of one with its padding, and of that one's row, */
  get paddedBytes(): usize {
    return <usize>this.paddedH * this.paddedRow;
  }

  get paddedRow(): usize {
    return f32Bytes(this.paddedW * this.inChannels);
  }

  /** of its output, and of the filter. */
  get outBytes(): usize {
    return f32Bytes(this.outH * this.outW * this.outChannels);
  }

  get filterBytes(): usize {
    return f32Bytes(this.taps * this.outChannels);
  }
}

/** Debug build: a record lies in memory. */
// @inline
export function checkGeometry(geometry: Geometry): void {
  check(changetype<usize>(geometry), offsetof<Geometry>());
}

/** A copy in scratch memory. */
export function copyGeometry(geometry: Geometry, scratch: usize): Geometry {
  memory.copy(scratch, changetype<usize>(geometry), offsetof<Geometry>());
  return changetype<Geometry>(scratch);
}
