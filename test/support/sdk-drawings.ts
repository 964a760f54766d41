// Three symbols as a person draws them, and the same drawing in every kind of input that a page may have.

import type { Sample, Strokes } from 'handful';
import { draws } from './draws.js';
import { points } from './points.js';
import type { Point } from './points.js';

export const symbols = ['circle', 'cross', 'line'] as const;
export type Symbol = (typeof symbols)[number];

const circle = Array.from({ length: 33 }, (_, i): Point => {
  const angle = (i / 32) * 2 * Math.PI;
  return [0.5 + 0.3 * Math.cos(angle), 0.5 + 0.38 * Math.sin(angle)];
});

const outlines: Record<Symbol, Point[][]> = {
  circle: [circle],
  cross: [points('0.2,0.15 0.8,0.85'), points('0.8,0.15 0.2,0.85')],
  line: [points('0.52,0.1 0.48,0.9')],
};

/** One symbol in the unit square; another `seed` is another hand. Seed 0 draws without a tremor. */
export function drawn(symbol: Symbol, seed = 0): Strokes {
  const { uniform } = draws(seed);
  const by = () => (seed === 0 ? 0 : (uniform() - 0.5) * 0.12);
  const [slant, stretch, curve] = [by(), 1 + by(), by()];
  const strokes = outlines[symbol].map((stroke) =>
    stroke.map(([x, y]): Point => [x * stretch + slant * (y - 0.5) + curve * Math.sin(3 * y), y]),
  );
  return { strokes };
}

/** `perSymbol` drawings of each symbol, labelled with its name. */
export function drawings(perSymbol: number, firstSeed = 1): Sample[] {
  const rounds = Array.from({ length: perSymbol }, (_, round) => firstSeed + round * symbols.length);
  return rounds.flatMap((seed) => symbols.map((label, i) => ({ input: drawn(label, seed + i), label })));
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws with black ink on white, or with nothing drawn leaves it white. */
export function paint(context: Context, { strokes }: Strokes, size: number): void {
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  context.lineWidth = size / 14;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x = 0, y = 0] of stroke as readonly Point[]) context.lineTo(x * size, y * size);
    context.stroke();
  }
}

export function canvasOf(drawing: Strokes, size = 200): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  paint(canvas.getContext('2d')!, drawing, size);
  return canvas;
}

export function offscreenOf(drawing: Strokes, size = 200): OffscreenCanvas {
  const canvas = new OffscreenCanvas(size, size);
  paint(canvas.getContext('2d')!, drawing, size);
  return canvas;
}

export function imageDataOf(drawing: Strokes, size = 200): ImageData {
  return canvasOf(drawing, size).getContext('2d')!.getImageData(0, 0, size, size);
}

export function pngOf(drawing: Strokes, size = 200): Promise<Blob> {
  return new Promise((resolve) => canvasOf(drawing, size).toBlob((blob) => resolve(blob!), 'image/png'));
}

/** An image that has begun to load, and may not have ended. */
export async function imageOf(drawing: Strokes): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = canvasOf(drawing).toDataURL('image/png');
  return image;
}

/** A canvas drawn by WebGL, whose pixels are the drawing's. */
export function webglOf(drawing: Strokes, size = 200): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const gl = canvas.getContext('webgl2', { antialias: false, preserveDrawingBuffer: true })!;
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvasOf(drawing, size));
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.blitFramebuffer(0, 0, size, size, 0, 0, size, size, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  if (gl.getError() !== gl.NO_ERROR) throw new Error('WebGL could not draw.');
  return canvas;
}

/** A playing video of the drawing, as a camera would see it. */
export async function videoOf(drawing: Strokes): Promise<HTMLVideoElement> {
  const canvas = canvasOf(drawing);
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream(30);
  const again = setInterval(() => paint(canvas.getContext('2d')!, drawing, canvas.width), 30); // a new frame
  await video.play();
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  clearInterval(again);
  return video;
}
