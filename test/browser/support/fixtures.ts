/** A file of test/fixtures as JSON. */
export async function fixture<T>(name: string): Promise<T> {
  const response = await fetch(new URL('../../fixtures/', import.meta.url).href + name);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return (await response.json()) as T;
}

/** A file of test/fixtures as bytes. */
export async function fixtureBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL('../../fixtures/', import.meta.url).href + name);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
