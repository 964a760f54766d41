/**
 * Watches what is made on GPUs from now on.
 * @returns How many buffers there are, without those that results are read from, which are kept for later; and what ends
 *   the watch.
 */
export function watchBuffers(): { count: () => number; restore: () => void } {
  const { createBuffer, destroy: destroyDevice } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  const ownerOf = new Map<GPUBuffer, GPUDevice>();
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    if (!(descriptor.usage & GPUBufferUsage.MAP_READ)) ownerOf.set(buffer, this);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    ownerOf.delete(this);
    return destroy.call(this);
  };
  GPUDevice.prototype.destroy = function () {
    for (const [buffer, owner] of ownerOf) if (owner === this) ownerOf.delete(buffer);
    return destroyDevice.call(this);
  };
  return {
    count: () => ownerOf.size,
    restore() {
      Object.assign(GPUDevice.prototype, { createBuffer, destroy: destroyDevice });
      Object.assign(GPUBuffer.prototype, { destroy });
    },
  };
}
