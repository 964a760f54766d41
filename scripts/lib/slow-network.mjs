// A slow network in front of a server, for everything that asks it: pages, workers and service workers alike, which a
// browser's own throttling treats differently.
import { connect, createServer } from 'node:net';
import { portOf } from '../serve.mjs';

/** Lighthouse's slow 4G. */
export const slow4G = { latency: 150, bitsPerSecond: 1_638_400 };

const CHUNK = 1400; // bytes, about a packet

/**
 * Listens on a port of its own and passes everything on: a connection and each request take `latency` ms more, and what
 * comes back shares `bitsPerSecond`, in turns.
 * @param {string} target A server's URL.
 * @param {{ latency: number, bitsPerSecond: number }} network
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function slowDown(target, { latency, bitsPerSecond }) {
  const { port } = new URL(target);
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer({ noDelay: true }, (socket) => {
    const opened = performance.now() + latency; // the handshake
    const upstream = connect({ port: Number(port), host: 'localhost', noDelay: true });
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on('error', () => each.destroy()).on('close', () => sockets.delete(each));
    }
    const up = delayed(upstream, () => Math.max(performance.now(), opened) + latency / 2);
    socket.on('data', up.send).on('end', up.end);
    const down = delayed(socket, (bytes) => arrival(bytes) + latency / 2);
    upstream.on('end', down.end).on('data', (/** @type {Buffer} */ data) => {
      for (let i = 0; i < data.length; i += CHUNK) down.send(data.subarray(i, i + CHUNK));
    });
  });

  let free = 0; // when the line has sent all that it was given
  const arrival = (/** @type {number} */ bytes) =>
    (free = Math.max(free, performance.now()) + (8000 * bytes) / bitsPerSecond);

  await new Promise((done) => server.listen(0, 'localhost', () => done(undefined)));
  return {
    url: `http://localhost:${portOf(server)}/`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Writes to a socket later, in order.
 * @param {import('node:net').Socket} socket @param {(bytes: number) => number} due When so many bytes arrive.
 */
function delayed(socket, due) {
  const at = (/** @type {number} */ time, /** @type {() => void} */ act) =>
    setTimeout(act, Math.max(0, time - performance.now()));
  let last = 0;
  const send = (/** @type {Buffer} */ data) => {
    last = Math.max(last, due(data.length));
    at(last, () => socket.destroyed || socket.write(data));
  };
  return { send, end: () => at(last + 1, () => socket.end()) };
}
