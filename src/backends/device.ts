import type { BackendInfo, BackendName } from '../types.js';
import type { Executor } from './executor.js';
import type { LoweredNetwork } from './operations.js';

/** What is told of a device. */
export type DeviceInfo = Pick<BackendInfo, 'name' | 'simd' | 'threads' | 'adapter'>;

/** A started backend; those who open one of the same name in the same thread share it. */
export interface Device {
  readonly name: BackendName;
  readonly info: DeviceInfo;
  /** Starts what makes it faster and is not needed for a first answer: threads. Resolves when that is there. */
  ready(): Promise<void>;
  /** A network on this device, its parameters all zero. */
  executor: (network: LoweredNetwork) => Executor;
  /** Bytes that networks hold here now, and bytes taken from the system, which are kept for later use. */
  memory(): { used: number; reserved: number };
  /** The GPU went away: all that was on it is gone. */
  readonly isLost: boolean;
  /** Gives the device up; the last owner's call frees it. */
  release(): void;
}
