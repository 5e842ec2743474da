// What a first visit downloads, compressed as the server sends it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/** Bytes by kind of file, and all together. */
export async function measureSizes(app) {
  const entries = await readdir(app, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.(br|gz|map)$/.test(entry.name));
  const sizes = await Promise.all(files.map(async (file) => {
    const path = join(file.parentPath ?? file.path, file.name);
    return { name: path.slice(app.length + 1), bytes: brotli(await readFile(path)) };
  }));
  const sum = (what, keep) => ({ what, bytes: sizes.filter(({ name }) => keep(name)).reduce((all, { bytes }) => all + bytes, 0) });
  return [
    sum('app WASM', (name) => /^app.*\.wasm$/.test(name)),
    sum('worker WASM', (name) => /^worker.*\.wasm$/.test(name)),
    sum('JavaScript', (name) => /\.m?js$/.test(name)),
    sum('styles', (name) => /\.css$/.test(name)),
    sum('everything, pictures and icons included', () => true),
  ];
}
