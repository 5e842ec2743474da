// After Trunk built: optimises the WASM, makes the page obey the content security policy, keys the service worker, compresses.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const here = new URL('..', import.meta.url).pathname;
const dist = process.env.TRUNK_STAGING_DIR;
const isRelease = process.env.TRUNK_PROFILE === 'release';
const run = promisify(execFile);
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

async function listFiles() {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

// What draws is made small, what counts rows fast.
async function optimise(name) {
  const file = join(dist, name);
  const level = name.startsWith('worker') ? '-O3' : '-Oz';
  const features = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int', '--enable-sign-ext', '--enable-mutable-globals', '--enable-reference-types', '--enable-multivalue'];
  await run(process.execPath, [join(here, 'node_modules/binaryen/bin/wasm-opt'), file, '-o', file, level, ...features], { maxBuffer: 1 << 26 });
}

// Trunk starts the WASM from an inline script, which the policy refuses; what it hangs on `window` nobody needs.
async function moveInlineScripts() {
  const file = join(dist, 'index.html');
  let html = await readFile(file, 'utf8');
  for (const [tag, body] of html.matchAll(/<script type="module"[^>]*>([\s\S]+?)<\/script>/g)) {
    const name = `boot-${digest(body)}.js`;
    await writeFile(join(dist, name), body.replaceAll(/^(window\.wasmBindings|dispatchEvent\().*$/gm, '').replace(', * as bindings', '').trim());
    html = html.replace(tag, () => `<script type="module" src="/${name}"></script>`);
  }
  await writeFile(file, html.replaceAll(/ nonce="[^"]*"/g, ''));
}

// The build id is the content of everything, so a worker with an unhashed name is never stale.
async function keyServiceWorker() {
  const names = (await listFiles()).filter((name) => name !== 'sw.js');
  const contents = await Promise.all(names.map((name) => readFile(join(dist, name))));
  const files = names.filter((name) => name !== 'index.html').map((name) => `/${name}`);
  const script = await readFile(join(dist, 'sw.js'), 'utf8');
  const build = digest(Buffer.concat(contents));
  await writeFile(join(dist, 'sw.js'), script.replace("'BUILD'", JSON.stringify(build)).replace("['FILES']", JSON.stringify(['/', ...files])));
}

async function compress(name) {
  const bytes = await readFile(join(dist, name));
  const brotli = await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  await writeFile(join(dist, `${name}.br`), brotli);
  await writeFile(join(dist, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
}

if (isRelease) await Promise.all((await listFiles()).filter((name) => name.endsWith('.wasm')).map(optimise));
await moveInlineScripts();
await keyServiceWorker();
if (isRelease) await Promise.all((await listFiles()).filter((name) => /\.(js|wasm|css|html|svg|json|webmanifest)$/.test(name)).map(compress));
