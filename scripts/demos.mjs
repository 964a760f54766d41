// Builds the demo pages into site/demos, of the package in dist/; with --dev, serves them as they are edited.
import { build, createServer } from 'vite';
import { appConfig } from './build/app.mjs';
import { isolationHeaders } from './serve.mjs';

const config = appConfig('site/demos');
if (process.argv.includes('--dev')) {
  const server = await createServer({ ...config, base: '/', server: { ...config.server, headers: isolationHeaders } });
  await server.listen();
  server.printUrls();
} else await build(config);
