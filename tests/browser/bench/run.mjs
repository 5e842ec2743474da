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
    only: { type: 'string', multiple: true, default: ['store', 'start', 'sizes'] },
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

if (wants('store')) {
  const count = Number(values.rows);
  const results = await measureStores({ count, runs: Number(values.runs), engines: values.engine, enginePackage: process.env.VALISE_ENGINE });
  print(`Milliseconds for ${count.toLocaleString('en')} opportunities; medians of ${values.runs} runs.\n`);
  const jobs = Object.keys(Object.values(results)[0]);
  table(
    ['job', 'Valise', 'Dexie', 'SQLite-WASM', 'Dexie ÷ Valise', 'SQLite ÷ Valise'],
    jobs.map((job) => {
      const [own, ...others] = ENGINES.map((engine) => results[engine]?.[job]);
      return [job, ...[own, ...others].map(figure), ...others.map((other) => figure(own && other && other / own))];
    }),
  );
}
if (wants('start')) {
  const rows = await measureStart({ server: process.env.VALISE_SERVER, app: process.env.VALISE_APP, runs: Number(values.runs) });
  table(['what', 'milliseconds', 'remarks'], rows.map(({ what, time, remarks }) => [what, figure(time), remarks]));
}
if (wants('sizes')) {
  const rows = await measureSizes(process.env.VALISE_APP);
  table(['download', 'kB (brotli)'], rows.map(({ what, bytes }) => [what, (bytes / 1000).toFixed(1)]));
}
