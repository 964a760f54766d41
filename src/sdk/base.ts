/** What relative URLs are relative to: the page, or a worker's script. In Node the build takes `base.node.ts` instead. */
export function base(): string | undefined {
  const { document, location, origin } = globalThis;
  if (document) return document.baseURI;
  return location?.protocol === 'blob:' ? origin : location?.href; // nothing is relative to a blob
}
