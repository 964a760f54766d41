import { BackendWasm, getThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import * as plainFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import * as threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
// @ts-expect-error: a string module without types
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import { assetUrl, request } from '../../assets.js';
import { HandfulError, throwIfAborted, toHandfulError } from '../../errors.js';
import { hasRelaxedSimd, hasSimd, hasThreads } from './features.js';

// tfjs's own start-up hides failed downloads behind a generic abort and cannot be told to leave threads out, so its
// three builds are instantiated here; what runs inside is tfjs's unchanged.

type EmscriptenModule = BackendWasm['wasm'] & { cwrap(name: string, result: null | 'number', types: string[]): never };
type Factory = (config: object) => Promise<EmscriptenModule>;

/** A UMD file is its own default export to some bundlers and a namespace to others. */
const unwrap = (module: unknown): Factory => ((module as { default?: Factory }).default ?? module) as Factory;

export interface WasmOptions {
  assetBase?: string;
  signal?: AbortSignal;
  /** Default: where the page is cross-origin isolated and there are enough cores. Without isolation there are none. */
  threads?: boolean;
}

export interface WasmModule {
  backend: BackendWasm;
  threads: number;
  simd: 'none' | 'simd' | 'relaxed';
}

/**
 * Downloads and starts tfjs's WASM backend.
 * @throws {HandfulError} `not-found`, `network`, `aborted` or `backend-unavailable`, naming the file.
 */
export async function startWasm({ assetBase, signal, threads }: WasmOptions): Promise<WasmModule> {
  if (typeof WebAssembly === 'undefined')
    throw new HandfulError('backend-unavailable', 'This browser has no WebAssembly, or its policy forbids it.');
  const simd = hasSimd();
  // tfjs's threaded build computes on at most half of the cores, and starts eight workers even for one thread.
  const threaded = simd && hasThreads() && (threads ?? (globalThis.navigator?.hardwareConcurrency ?? 1) >= 4);
  const url = wasmUrl(simd, threaded, assetBase);
  const compiled = await compile(url, signal);
  const factory = unwrap(threaded ? threadedFactory : plainFactory);
  const module = await new Promise<EmscriptenModule>((resolve, reject) => {
    const failed = (cause: unknown) =>
      reject(new HandfulError('backend-unavailable', `${url.href} could not be started: ${String(cause)}`, { cause }));
    const config = {
      locateFile: (path: string) => (path.endsWith('.worker.js') ? pthreadWorkerUrl() : url.href),
      mainScriptUrlOrBlob: new Blob([`var WasmBackendModuleThreadedSimd = ${factory.toString()}`], {
        type: 'text/javascript',
      }),
      instantiateWasm(
        imports: WebAssembly.Imports,
        done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), failed);
        return {};
      },
      onAbort: failed,
    };
    factory(config).then(resolve, failed);
  });
  // The calls that tfjs's BackendWasm makes of its module, by their C names.
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  const backend = new BackendWasm(module);
  return {
    backend,
    threads: threaded ? getThreadsCount() : 1,
    simd: !simd ? 'none' : hasRelaxedSimd() ? 'relaxed' : 'simd',
  };
}

function wasmUrl(simd: boolean, threaded: boolean, assetBase?: string): URL {
  if (threaded)
    return assetUrl(
      'tfjs-backend-wasm-threaded-simd.wasm',
      new URL('./tfjs-backend-wasm-threaded-simd.wasm', import.meta.url),
      assetBase,
    );
  if (simd)
    return assetUrl(
      'tfjs-backend-wasm-simd.wasm',
      new URL('./tfjs-backend-wasm-simd.wasm', import.meta.url),
      assetBase,
    );
  return assetUrl('tfjs-backend-wasm.wasm', new URL('./tfjs-backend-wasm.wasm', import.meta.url), assetBase);
}

async function compile(url: URL, signal?: AbortSignal): Promise<WebAssembly.Module> {
  const response = await request(url, signal);
  try {
    if (response.headers.get('content-type')?.startsWith('application/wasm'))
      return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throwIfAborted(signal);
    // Most often a server that answers every unknown path with its start page.
    const reason = toHandfulError(cause).message;
    throw new HandfulError('network', `${url.href} is not the WebAssembly that was expected: ${reason}`, { cause });
  }
}

function pthreadWorkerUrl(): string {
  // A raw newline inside the string would end it once the blob turns '\n' into one.
  const source = (wasmWorkerContents as string).replace(/\n/g, '\\n');
  return URL.createObjectURL(new Blob([source], { type: 'application/javascript' }));
}
