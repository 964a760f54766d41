/** What relative URLs are relative to: the page. In Node the build takes `base.node.ts` instead. */
export function base(): string | undefined {
  return globalThis.document?.baseURI;
}
