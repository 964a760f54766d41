// Counts the bytes of all WebAssembly memory in this thread that is still in use: `wasmBytes()`.

const memories = [];

const remember = (memory) => memories.push(new WeakRef(memory));

WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor) {
    super(descriptor);
    remember(this);
  }
};

const { Memory } = WebAssembly;
for (const name of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await original.apply(WebAssembly, args);
    const { exports } = result.instance ?? result;
    for (const value of Object.values(exports)) if (value instanceof Object.getPrototypeOf(Memory)) remember(value);
    return result;
  };
}

globalThis.wasmBytes = () => {
  const live = new Set(memories.map((memory) => memory.deref()).filter(Boolean));
  return [...live].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
};
