// handful's own worker, with its memory counted.
import './count-memory.js';
import '/dist/handful.worker.js';
