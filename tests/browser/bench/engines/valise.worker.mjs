// Valise's own store: the crates of the worker behind the seven jobs.
import initialise, { Engine } from 'valise-engine';
import { serve } from './port.mjs';

let engine;
const list = ([total, rows]) => ({ total, rows: rows.map((row) => JSON.parse(row)) });

serve({
  async open() {
    await initialise({ module_or_path: '/engine_bg.wasm' });
    engine = await Engine.open();
  },
  async ingest(texts) {
    for (const text of texts) await engine.ingest(text);
  },
  view: async (owner, least) => list(await engine.view(owner, least)),
  async get(id) {
    const columns = JSON.parse(await engine.get(id));
    return { ...columns, estimatedvalue: columns.estimatedvalue?.Decimal };
  },
  search: async (first, second) => list(await engine.search(first, second)).rows,
  funnel: async (state) => list(await engine.funnel(state)).rows,
  update: (id, value) => engine.update(id, value),
});
