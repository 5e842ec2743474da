// The jobs, timed the same way on every engine. Runs in the page; the engine may live in a worker.
import { OWNERS, changed, ownerId, pages } from './rows.mjs';

const SEARCHES = [
  ['harb', 'lant'], ['copp', 'mea'], ['gra', 'will'], ['fal', 'em'], ['juni', 'cob'],
  ['orch', 'su'], ['vel', 'ridg'], ['bea', 'ced'], ['marb', 'riv'], ['aur', 'thi'],
];

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

async function time(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function medianOf(count, action) {
  const times = [];
  for (let index = 0; index < count; index += 1) times.push(await time(() => action(index)));
  return median(times);
}

// Numbers change at each call, so that no remembered answer serves.
const view = (engine, index) => engine.view(ownerId(index % OWNERS), 30_000 + index);

// Engines must find the same; amounts as whole cents, for sums of floats differ in the last digits.
const linkedAnswer = ({ total, rows }) => [total, ...rows.slice(0, 5).map((row) => row.join('|'))];
const monthsAnswer = (rows) => {
  const sorted = rows.map(([owner, month, count, sum]) => [owner, Number(month), count, Math.round(sum * 100)]);
  return [sorted.length, ...sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])).slice(0, 20)];
};

// Megabytes: what the page and its worker hold after the jobs (the browser's own count, after it has tidied up), what is on
// disk, and the JSON it came from.
async function sizes(engine, json) {
  const { usage } = await navigator.storage.estimate();
  const { bytes } = await performance.measureUserAgentSpecificMemory();
  const own = engine.memory ? await engine.memory() : {};
  return { memory: bytes / 1e6, stored: usage / 1e6, json: json / 1e6, ...own };
}

export function install(engine) {
  window.runJobs = async (count) => {
    await engine.open();
    const figures = { ingest: 0 };
    const [ids, sample] = [[], []];
    let json = 0;
    for (const page of pages(count, { take: (one) => sample.push(one) })) {
      ids.push(...page.ids);
      json += page.text.length;
      const took = await time(() => engine.ingest([page]));
      if (page.table === 'opportunity') figures.ingest += took;
    }
    const answers = {
      view: (await view(engine, 7)).total,
      search: (await engine.search(...SEARCHES[0])).length,
      linked: linkedAnswer(await engine.linked(30_000)),
      months: monthsAnswer(await engine.months()),
    };
    figures.view = await medianOf(20, (index) => view(engine, index));
    figures.get = (await time(async () => { for (let index = 0; index < 200; index += 1) await engine.get(ids[(index * 97) % count]); })) / 200;
    figures.search = await medianOf(10, (index) => engine.search(...SEARCHES[index]));
    figures.linked = await medianOf(20, (index) => engine.linked(30_001 + index));
    figures.months = await medianOf(9, () => engine.months());
    figures.funnel = await medianOf(9, (index) => engine.funnel(index % 3));
    figures.update = await medianOf(20, async (index) => {
      const id = ids[(index * 131) % count];
      const value = 1000 + index;
      await engine.update(id, value);
      const read = Number((await engine.get(id)).estimatedvalue);
      if (read !== value) throw new Error(`wrote ${value}, read ${read}`);
    });
    const delta = changed(sample);
    figures.delta = await time(() => engine.change(delta));
    const last = JSON.parse(delta.text).value.at(-1);
    const found = Number((await engine.get(last.opportunityid)).estimatedvalue);
    if (found !== last.estimatedvalue) throw new Error(`a delta of ${last.estimatedvalue} reads ${found}`);
    if (engine.parse) {
      await engine.prepare();
      figures.parse = await medianOf(5, () => engine.parse());
    }
    return { figures, answers, sizes: await sizes(engine, json) };
  };
  // A new page on the stored data: from here to the first list.
  window.reopen = () => time(async () => { await engine.open(); await view(engine, 7); });
  document.title = 'ready';
}
