// Valise's own store: the crates of the worker behind the jobs.
import initialise, { Engine } from 'valise-engine';
import { serve } from './port.mjs';

let [engine, wasm] = [];
const list = ([total, rows]) => ({ total, rows: rows.map((row) => JSON.parse(row)) });

// A value as the others have it: a text, the id of a reference, an amount.
const text = (value) => value.Text ?? value.Reference?.id ?? value.Date ?? value.Decimal ?? '';

serve({
  async open() {
    wasm = await initialise({ module_or_path: '/engine_bg.wasm' });
    engine = await Engine.open();
  },
  async ingest(texts) {
    for (const { table, text } of texts) await engine.ingest(table, text);
  },
  view: async (owner, least) => list(await engine.view(owner, least)),
  async get(id) {
    const columns = JSON.parse(await engine.get(id));
    return { ...columns, estimatedvalue: columns.estimatedvalue?.Decimal };
  },
  search: async (first, second) => list(await engine.search(first, second)).rows,
  funnel: async (state) => list(await engine.funnel(state)).rows,
  async linked(least) {
    const { total, rows } = list(await engine.linked(least));
    return { total, rows: rows.map((row) => row.map((value) => text(value))) };
  },
  async months() {
    const { rows } = list(await engine.months());
    return rows.map(([owner, month, count, sum]) => [text(owner), month.Integer, count.Integer, Number(sum.Decimal)]);
  },
  change: ({ table, text }) => engine.ingest(table, text),
  // The WASM memory is what it was at its largest: it never shrinks.
  memory: () => ({ wasm: wasm.memory.buffer.byteLength / 1e6, columns: engine.memory() / 1e6 }),
  prepare: () => engine.prepare(),
  parse: () => engine.parse(),
  update: (id, value) => engine.update(id, value),
});
