/**
 * How deep JSON nests, and how many members its outermost object has, the same name twice counted twice: by one pass
 * that keeps nothing, before anything is parsed. Of text that is no JSON it says something or other.
 */
export function measureJson(json: string): { depth: number; members: number } {
  let [level, depth, members] = [0, 0, 0];
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (quoted) at += Number(character === '\\');
    else if (character === ':') members += Number(level === 1);
    else if (character === '{' || character === '[') depth = Math.max(depth, ++level);
    else if (character === '}' || character === ']') level--;
  }
  return { depth, members };
}

/** Deeper than anything that makes sense; what walks through JSON by recursion could run out of stack. */
export const DEEPEST = 100;
