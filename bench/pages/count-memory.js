// Counts the bytes of all WebAssembly memory in this thread that is still in use: `wasmBytes()`.

/** @type {WeakRef<WebAssembly.Memory>[]} */
const memories = [];

const remember = (/** @type {WebAssembly.Memory} */ memory) => memories.push(new WeakRef(memory));

const NativeMemory = WebAssembly.Memory;
WebAssembly.Memory = class extends WebAssembly.Memory {
  /** @param {WebAssembly.MemoryDescriptor} descriptor */
  constructor(descriptor) {
    super(descriptor);
    remember(this);
  }
};

/** The same function, which remembers what memory a module exports. @param {Function} original */
function counting(original) {
  return async (/** @type {unknown[]} */ ...args) => {
    /** @type {WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource} */
    const result = await Reflect.apply(original, WebAssembly, args);
    const { exports } = 'instance' in result ? result.instance : result;
    for (const value of Object.values(exports)) if (value instanceof NativeMemory) remember(value);
    return result;
  };
}
const { instantiate, instantiateStreaming } = WebAssembly;
Object.assign(WebAssembly, {
  instantiate: counting(instantiate),
  instantiateStreaming: counting(instantiateStreaming),
});

globalThis.wasmBytes = () => {
  const live = new Set(memories.map((memory) => memory.deref()).filter((memory) => memory !== undefined));
  return [...live].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
};
