// The first sync of the large demo company over loopback, and the warm start to the first real list.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { median, withFreshBrowser } from './chromium.mjs';

const PORT = 8937;
const ADDRESS = `http://127.0.0.1:${PORT}`;
// “Open Opportunities”: what everybody has open, tens of thousands of rows.
const VIEW = 'c4c6aebc-f4af-45db-be1a-243ee25028fc';
// Made once and kept between runs: making the company is not what is measured.
const DATA = join(new URL('../../..', import.meta.url).pathname, 'target/bench-large');

async function startServer(server, app) {
  await mkdir(DATA, { recursive: true });
  const child = spawn(server, ['--app', app, '--port', String(PORT), '--data', DATA, '--demo', 'large'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (bytes) => {
      output += bytes;
      if (output.includes('ready: ')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return child;
}

async function signIn(page) {
  await page.goto(ADDRESS);
  await page.locator('[data-command="sign-in"]').click();
  await page.locator('input[type="text"]').fill('manager');
  await page.locator('input[type="password"]').fill('demo');
  const start = Date.now();
  await page.locator('button[type="submit"]').click();
  await page.locator('[data-command="start-first-sync"]').click();
  return start;
}

const rowsOnDevice = (page) =>
  page.locator('[data-screen="offline"] tr[data-table]').evaluateAll((rows) => rows.reduce((sum, row) => sum + Number(row.dataset.value), 0));

// Runs in the page before anything else: when, since navigation, the first row of a list was there.
function noteFirstRow() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-screen="view"] [data-row]')) return;
    observer.disconnect();
    requestAnimationFrame(() => { window.firstRow = performance.now(); });
  }).observe(document, { childList: true, subtree: true });
}

const CHANGED_ROWS = 1000;

/** Changes so many opportunities in the office, not on this device. */
async function changeInOffice(count) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo', scope: `${ADDRESS}/.default` });
  const answer = await fetch(`${ADDRESS}/oauth2/v2.0/token`, { method: 'POST', body: form });
  const { access_token: token } = await answer.json();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'If-Match': '*' };
  const address = `${ADDRESS}/api/data/v9.2/opportunities`;
  const { value } = await (await fetch(`${address}?$select=opportunityid&$top=${count}`, { headers })).json();
  const ids = value.map((row) => row.opportunityid);
  if (ids.length !== count) throw new Error(`the office has ${ids.length} opportunities, ${count} are to be changed`);
  const change = async () => {
    for (let id = ids.pop(); id; id = ids.pop()) {
      const body = JSON.stringify({ description: `changed at ${Date.now()}`, estimatedvalue: ids.length });
      const { ok, status } = await fetch(`${address}(${id})`, { method: 'PATCH', headers, body });
      if (!ok) throw new Error(`a change was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, change));
}

// Runs in the page: from the focus, which makes the device look for changes, until it says that it has them.
const untilSynced = () =>
  new Promise((resolve) => {
    const indicator = document.querySelector('[data-state][data-pending]');
    let start = 0;
    let isSyncing = false;
    new MutationObserver((_, observer) => {
      if (indicator.dataset.state === 'syncing') isSyncing = true;
      if (!isSyncing || indicator.dataset.state !== 'online') return;
      observer.disconnect();
      resolve(performance.now() - start);
    }).observe(indicator, { attributes: true });
    start = performance.now();
    window.dispatchEvent(new Event('focus'));
  });

async function measureDelta(context, runs) {
  const page = await context.newPage();
  await page.goto(`${ADDRESS}/saleshub/opportunity?view=${VIEW}`);
  await page.locator('[data-state="online"]').waitFor();
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    await changeInOffice(CHANGED_ROWS);
    times.push(await page.evaluate(untilSynced));
  }
  await page.close();
  return median(times);
}

async function syncOnce(runs) {
  return withFreshBrowser(async (context) => {
    let page = await context.newPage();
    await page.addInitScript(() => {
      window.longest = 0;
      new PerformanceObserver((list) => {
        for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
      }).observe({ type: 'longtask', buffered: true });
    });
    const start = await signIn(page);
    await page.locator('[data-state="online"]').waitFor();
    const sync = Date.now() - start;
    const longest = await page.evaluate(() => window.longest);
    await page.goto(`${ADDRESS}/saleshub/offline`);
    await page.locator('[data-screen="offline"] [data-table]').first().waitFor();
    const rows = await rowsOnDevice(page);
    await page.close();
    const starts = [];
    for (let run = 0; run < runs; run += 1) {
      page = await context.newPage();
      await page.addInitScript(noteFirstRow);
      await page.goto(`${ADDRESS}/saleshub/opportunity?view=${VIEW}`);
      starts.push(await (await page.waitForFunction(() => window.firstRow)).jsonValue());
      await page.close();
    }
    return { sync, longest, rows, start: median(starts), delta: await measureDelta(context, runs) };
  });
}

export async function measureStart({ server, app, runs }) {
  const child = await startServer(server, app);
  try {
    const { sync, longest, rows, start, delta } = await syncOnce(runs);
    const perSecond = Math.round((rows / sync) * 1000).toLocaleString('en');
    return [
      { what: 'first sync, sign-in included', time: sync, remarks: `${rows.toLocaleString('en')} rows, ${perSecond} a second` },
      { what: 'longest task of the page’s thread meanwhile', time: longest, remarks: '' },
      { what: `${CHANGED_ROWS.toLocaleString('en')} changed opportunities`, time: delta, remarks: `from the page’s focus until the device says it has them, the list on screen; median of ${runs}` },
      { what: 'warm start to the first real list', time: start, remarks: `from navigation to the rows of “Open Opportunities”; median of ${runs}` },
    ];
  } finally {
    child.kill('SIGTERM');
  }
}
