declare const process: { getBuiltinModule(name: 'node:url'): { pathToFileURL(path: string): URL } };

/** What relative URLs are relative to in Node: the working directory. */
export function base(): string {
  return process.getBuiltinModule('node:url').pathToFileURL('./').href;
}
