// The seven jobs, timed the same way on every engine. Runs in the page; the engine may live in a worker.
import { OWNERS, ownerId, pages } from './rows.mjs';

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

export function install(engine) {
  window.runJobs = async (count) => {
    const { texts, ids } = pages(count);
    await engine.open();
    const figures = { ingest: await time(() => engine.ingest(texts)) };
    const answers = { view: (await view(engine, 7)).total, search: (await engine.search(...SEARCHES[0])).length };
    figures.view = await medianOf(20, (index) => view(engine, index));
    figures.get = (await time(async () => { for (let index = 0; index < 200; index += 1) await engine.get(ids[(index * 97) % count]); })) / 200;
    figures.search = await medianOf(10, (index) => engine.search(...SEARCHES[index]));
    figures.funnel = await medianOf(9, (index) => engine.funnel(index % 3));
    figures.update = await medianOf(20, async (index) => {
      const id = ids[(index * 131) % count];
      const value = 1000 + index;
      await engine.update(id, value);
      const read = Number((await engine.get(id)).estimatedvalue);
      if (read !== value) throw new Error(`wrote ${value}, read ${read}`);
    });
    return { figures, answers };
  };
  // A new page on the stored data: from here to the first list.
  window.reopen = () => time(async () => { await engine.open(); await view(engine, 7); });
  document.title = 'ready';
}
