export type Point = readonly [x: number, y: number];

/** The points of a polyline as SVG writes them: `x,y x,y …`. */
export function points(text: string): Point[] {
  return text.split(' ').map((point) => {
    const [x = NaN, y = NaN] = point.split(',').map(Number);
    return [x, y];
  });
}
