// Composition root of the worker: one host, spoken to by messages.

import { announce } from './announce.js';
import { Host } from './host/host.js';
import { serve } from './serve.js';

serve(new Host(), self, announce(self));
