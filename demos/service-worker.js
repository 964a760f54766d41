// Keeps the whole app, pages, scripts, the worker and all weights, so that it goes on without a network after one visit. A new
// version waits until no page of the old one is open, whose scripts would be gone.
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';

clientsClaim(); // the page of the first visit too
cleanupOutdatedCaches();
precacheAndRoute(FILES, { ignoreURLParametersMatching: [/./] });
