/** [x, y], and of a pen its pressure, 0 to 1. The unit is the pad's width, y goes down. */
export type InkPoint = [x: number, y: number, ...pressure: number[]];

/** Points in the order they were drawn. */
export type InkStroke = InkPoint[];

/** What draws. */
export type InkTool = 'mouse' | 'touch' | 'pen' | 'keyboard';

/** What a hand did: began a stroke; changed something, also in the middle of a stroke; was done with it. */
export type InkEvent = 'strokestart' | 'input' | 'change';

/**
 * Strokes, and the way back and forth through their changes. Lists that others have seen are never changed, but for the
 * stroke that is being drawn, which grows.
 */
export class Sketch {
  strokes: readonly InkStroke[] = [];
  /** What is drawing. */
  tool: InkTool | undefined;
  #past: (readonly InkStroke[])[] = [];
  #future: (readonly InkStroke[])[] = [];

  /** @param tell Told of each event after it. */
  constructor(private readonly tell: (what: InkEvent) => void) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0 && !this.tool;
  }

  /** Puts the pen down. */
  begin(point: InkPoint, tool: InkTool): void {
    this.end();
    this.#past.push(this.strokes);
    this.strokes = [...this.strokes, [point]];
    this.tool = tool;
    this.tell('strokestart');
    this.tell('input');
  }

  /** Draws on to these points. */
  extend(points: readonly InkPoint[]): void {
    if (!this.tool || points.length === 0) return;
    this.strokes.at(-1)?.push(...points);
    this.tell('input');
  }

  /** Lifts the pen. */
  end(): void {
    if (!this.tool) return;
    this.tool = undefined;
    this.#future = [];
    this.tell('change');
  }

  /** Lifts the pen from a stroke that was none. */
  cancel(): void {
    if (!this.tool) return;
    this.tool = undefined;
    this.strokes = this.#past.pop() ?? [];
    this.tell('input');
  }

  /** Takes back the last change, or the stroke being drawn. */
  undo(): void {
    if (this.tool) this.cancel();
    else this.#step(this.#past, this.#future);
  }

  redo(): void {
    if (this.canRedo) this.#step(this.#future, this.#past);
  }

  clear(): void {
    this.cancel();
    if (this.strokes.length === 0) return;
    this.#future = [[]];
    this.#step(this.#future, this.#past);
    this.#future = [];
  }

  /** Begins anew with these strokes, and no way back. */
  set(strokes: readonly InkStroke[]): void {
    this.tool = undefined;
    this.#past = [];
    this.#future = [];
    this.strokes = strokes;
  }

  #step(from: (readonly InkStroke[])[], to: (readonly InkStroke[])[]): void {
    const strokes = from.pop();
    if (!strokes) return;
    to.push(this.strokes);
    this.strokes = strokes;
    this.tell('input');
    this.tell('change');
  }
}
