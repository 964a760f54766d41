type Gpu = { requestAdapter: (options: object) => Promise<object | null> };
const { gpu } = navigator as unknown as { gpu: Gpu };

/** While something runs, the browser's answer to who asks for an adapter. */
export async function withAdapter<T>(answer: () => Promise<object | null>, run: () => Promise<T>): Promise<T> {
  Object.defineProperty(gpu, 'requestAdapter', { value: answer, configurable: true });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(gpu, 'requestAdapter');
  }
}

/** The adapter in software under a name that does not say so. */
export async function hardware(): Promise<object | null> {
  const prototype = Object.getPrototypeOf(gpu) as Gpu;
  const adapter = await prototype.requestAdapter.call(gpu, {});
  return new Proxy(adapter!, {
    get(target, name) {
      if (name === 'info') return { vendor: 'some GPU' };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** GPU devices that were asked for from now on, and what ends the watch. */
export function watchDevices(): { devices: GPUDevice[]; restore: () => void } {
  const devices: GPUDevice[] = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  return { devices, restore: () => void (GPUAdapter.prototype.requestDevice = requestDevice) };
}
