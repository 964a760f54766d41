// Composition root of the worker: one host, spoken to by messages.

import { Host } from './host/host.js';
import { serve } from './serve.js';

serve(new Host(), self);
self.postMessage('ready'); // the page then knows that the script has run
