// Composition root of the worker: one host, spoken to by messages.

import { announce } from './announce.js';
import { Host } from './host/host.js';
import { serve } from './serve.js';

/** Answers the messages of this worker's page. @param early Those that have come already. */
export function serveHost(early: MessageEvent[]): void {
  early.forEach(serve(new Host(), self, announce(self)));
}
