// `cargo xtask bench`: prints tables in Markdown, so that they can go into the README as they are.
import { parseArgs } from 'node:util';
import { measureSizes } from './sizes.mjs';
import { measureStart } from './start.mjs';
import { ENGINES, measureStores } from './store.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    engine: { type: 'string', multiple: true, default: ENGINES },
    only: { type: 'string', multiple: true, default: ['store', 'million', 'start', 'sizes'] },
  },
});
const wants = (part) => values.only.includes(part);
const print = (text) => process.stdout.write(`${text}\n`);
const figure = (number) => (number === undefined ? '–' : number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(2));

function table(head, rows) {
  print(`| ${head.join(' | ')} |\n| ${head.map(() => '---').join(' | ')} |`);
  for (const row of rows) print(`| ${row.join(' | ')} |`);
  print('');
}

/** The same kind of figure for every engine, side by side. */
function compare(head, results, kind) {
  const names = [...new Set(Object.values(results).flatMap((result) => Object.keys(result[kind])))];
  table(
    [head, 'Valise', 'Dexie', 'SQLite-WASM', 'Dexie ÷ Valise', 'SQLite ÷ Valise'],
    names.map((name) => {
      const [own, ...others] = ENGINES.map((engine) => results[engine]?.[kind][name]);
      return [name, ...[own, ...others].map(figure), ...others.map((other) => figure(own && other && other / own))];
    }),
  );
}

async function stores(count, runs, engines) {
  const results = await measureStores({ count, runs, engines, enginePackage: process.env.VALISE_ENGINE });
  print(`${count.toLocaleString('en')} opportunities; medians of ${runs} runs.\n`);
  compare('job, in milliseconds', results, 'figures');
  compare('size, in megabytes', results, 'sizes');
}

if (wants('store')) await stores(Number(values.rows), Number(values.runs), values.engine);
// The others would take ten minutes each.
if (wants('million')) await stores(1_000_000, 1, ['valise']);
if (wants('start')) {
  const rows = await measureStart({ server: process.env.VALISE_SERVER, app: process.env.VALISE_APP, runs: Number(values.runs) });
  table(['what', 'milliseconds', 'remarks'], rows.map(({ what, time, remarks }) => [what, figure(time), remarks]));
}
if (wants('sizes')) {
  const rows = await measureSizes(process.env.VALISE_APP);
  table(['download', 'kB (brotli)'], rows.map(({ what, bytes }) => [what, (bytes / 1000).toFixed(1)]));
}
