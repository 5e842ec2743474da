// The jobs on each engine, in the same Chromium, one fresh profile per engine and run.
import { createServer } from 'node:http';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { build } from 'esbuild';
import { median, withFreshBrowser } from './chromium.mjs';

const HERE = new URL('.', import.meta.url).pathname;
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };
export const ENGINES = ['valise', 'dexie', 'sqlite'];

async function bundle(folder, enginePackage) {
  const common = { bundle: true, format: 'esm', logLevel: 'error', external: ['node:*'], loader: { '.wasm': 'file' } };
  for (const engine of ENGINES) {
    const contents = `import * as engine from './engines/${engine}.mjs'; import { install } from './jobs.mjs'; install(engine);`;
    await build({ ...common, stdin: { contents, resolveDir: HERE }, outfile: join(folder, `${engine}.js`) });
  }
  for (const engine of ['valise', 'sqlite']) {
    const alias = { 'valise-engine': join(enginePackage, 'engine.js') };
    await build({ ...common, alias, entryPoints: [join(HERE, `engines/${engine}.worker.mjs`)], outfile: join(folder, `${engine}.worker.js`) });
  }
  await copyFile(join(enginePackage, 'engine_bg.wasm'), join(folder, 'engine_bg.wasm'));
  const sqlite = join(HERE, '../node_modules/@sqlite.org/sqlite-wasm');
  const found = ['dist/sqlite3.wasm', 'sqlite-wasm/jswasm/sqlite3.wasm'].map((name) => copyFile(join(sqlite, name), join(folder, 'sqlite3.wasm')));
  await Promise.any(found);
}

function serve(folder) {
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  const server = createServer(async (request, response) => {
    const name = basename(request.url.split('?')[0]);
    try {
      const body = extname(name) === '.html'
        ? `<!doctype html><title>bench</title><script type="module" src="/${name.replace('.html', '.js')}"></script>`
        : await readFile(join(folder, name));
      response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain', ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function runOnce(engine, address, count) {
  return withFreshBrowser(async (context) => {
    const open = async () => {
      const page = await context.newPage();
      page.on('pageerror', (error) => process.stderr.write(`${engine}: ${error.message}\n`));
      await page.goto(`${address}/${engine}.html`);
      await page.waitForFunction(() => document.title === 'ready');
      return page;
    };
    const page = await open();
    const { figures, answers, sizes } = await page.evaluate((rows) => window.runJobs(rows), count);
    await page.close();
    const again = await open();
    figures.reopen = await again.evaluate(() => window.reopen());
    return { figures, answers, sizes };
  });
}

/** Milliseconds per job, and megabytes, by engine: the medians of `runs` runs. */
export async function measureStores({ count, runs, engines = ENGINES, enginePackage }) {
  const folder = await mkdtemp(join(tmpdir(), 'valise-bench-pages-'));
  await bundle(folder, enginePackage);
  const server = await serve(folder);
  const address = `http://127.0.0.1:${server.address().port}`;
  const results = {};
  try {
    let expected;
    for (const engine of engines) {
      const outcomes = [];
      for (let run = 0; run < runs; run += 1) outcomes.push(await runOnce(engine, address, count));
      expected ??= outcomes[0].answers;
      for (const { answers } of outcomes) {
        if (JSON.stringify(answers) !== JSON.stringify(expected)) {
          throw new Error(`${engine} answers ${JSON.stringify(answers)}, others ${JSON.stringify(expected)}`);
        }
      }
      const medians = (kind) => Object.fromEntries(Object.keys(outcomes[0][kind]).map((name) => [name, median(outcomes.map((outcome) => outcome[kind][name]))]));
      results[engine] = { figures: medians('figures'), sizes: medians('sizes') };
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}
