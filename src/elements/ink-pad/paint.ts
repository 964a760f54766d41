import type { InkStroke } from './sketch.js';

/** Where the keyboard's pen is. */
export interface Cursor {
  x: number;
  y: number;
  isDown: boolean;
}

/** Draws strokes, smoothed through the middles between points; where a pen presses more, they are wider. */
export function paintInk(
  context: CanvasRenderingContext2D,
  strokes: readonly InkStroke[],
  color: string,
  width: number,
): void {
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = color;
  for (const stroke of strokes) {
    let [[x, y, pressure] = [0, 0]] = stroke;
    const begin = (fromX: number, fromY: number) => {
      context.lineWidth = width * (pressure === undefined ? 1 : 0.4 + 1.2 * pressure);
      context.beginPath();
      context.moveTo(fromX, fromY);
    };
    begin(x, y);
    for (const [nextX, nextY, nextPressure] of stroke) {
      const [middleX, middleY] = [(x + nextX) / 2, (y + nextY) / 2];
      context.quadraticCurveTo(x, y, middleX, middleY);
      [x, y] = [nextX, nextY];
      if (nextPressure === pressure) continue;
      context.stroke();
      pressure = nextPressure;
      begin(middleX, middleY);
    }
    context.lineTo(x, y);
    context.stroke();
  }
}

/** Draws the keyboard's pen: a ring, smaller while it writes. */
export function paintCursor(
  context: CanvasRenderingContext2D,
  { x, y, isDown }: Cursor,
  color: string,
  pen: number,
  line: number,
): void {
  context.beginPath();
  context.arc(x, y, isDown ? pen / 2 : pen, 0, 2 * Math.PI);
  context.lineWidth = line;
  context.strokeStyle = color;
  context.stroke();
}
