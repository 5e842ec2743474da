// The power goes while something is written, sent or fetched. Afterwards nothing that was told as saved is missing, nothing is there
// twice or by halves, and the outbox empties. `VALISE_POWER=all` goes through every moment, else a choice of them.
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { Api } from '../api';
import { Device, type Boundary } from '../device';
import type { Rep } from '../rep';
import { Server } from '../server';

const WRITTEN: Boundary[] = [
  { at: 'before commit', what: 'journal', nth: 1 },
  { at: 'after commit', what: 'journal', nth: 1 },
];
const SENT: Boundary[] = [
  { at: 'request', what: '\\$batch', nth: 1 },
  { at: 'answer', what: '\\$batch', nth: 1 },
];
// The journal again when the server has accepted, the rows as they come back.
const TAKEN: Boundary[] = [
  { at: 'before commit', what: 'journal', nth: 2 },
  { at: 'after commit', what: 'journal', nth: 2 },
  { at: 'before commit', what: 'pages', nth: 1 },
  { at: 'after commit', what: 'pages', nth: 1 },
];
const choose = (usual: Boundary[]): Boundary[] => (process.env.VALISE_POWER === 'all' ? [...WRITTEN, ...SENT, ...TAKEN] : usual);

/** What is prepared: how it is set off, and how much of it the office has. */
type Change = { setOff: () => Promise<unknown>; done: (office: Api) => Promise<number>; whole: number };
type Job = { moments: Boundary[]; prepare: (rep: Rep, word: string, lead: string) => Promise<Change> };

const jobs: Record<string, Job> = {
  'a new row': {
    moments: choose([...WRITTEN, SENT[1]]),
    prepare: async (rep, word) => {
      await rep.visit('/saleshub/contact/new');
      await rep.fill('lastname', word);
      return {
        setOff: () => rep.command('save').click(),
        done: async (office) => (await office.rows(`contacts?$filter=lastname eq '${word}'&$select=contactid`)).length,
        whole: 1,
      };
    },
  },
  'a changed row': {
    moments: choose([WRITTEN[1], SENT[0], TAKEN[0]]),
    prepare: async (rep, word) => {
      await rep.visit('/saleshub/account');
      await rep.openFirstRow();
      await rep.fill('telephone1', word);
      return {
        setOff: () => rep.command('save').click(),
        done: async (office) => (await office.rows(`accounts?$filter=telephone1 eq '${word}'&$select=accountid`)).length,
        whole: 1,
      };
    },
  },
  'a deleted row': {
    moments: choose([SENT[1]]),
    prepare: async (rep, _word, id) => {
      await rep.visit(`/saleshub/lead/${id}`);
      return {
        setOff: async () => {
          await rep.command('delete').click();
          await rep.command('confirm').click();
        },
        done: async (office) => 1 - (await office.rows(`leads?$filter=leadid eq ${id}&$select=leadid`)).length,
        whole: 1,
      };
    },
  },
  'several rows at once': {
    moments: choose([WRITTEN[0], SENT[1]]),
    prepare: async (rep) => {
      await rep.visit('/saleshub/contact');
      const ids: string[] = [];
      for (const place of [0, 1, 2]) {
        const row = rep.rows().nth(place);
        ids.push((await row.getAttribute('data-row'))!);
        await row.locator('input[type="checkbox"]').check();
      }
      const filter = ids.map((id) => `contactid eq ${id}`).join(' or ');
      return {
        setOff: async () => {
          await rep.command('deactivate').click();
          await rep.command('confirm').click();
        },
        done: async (office) => (await office.rows(`contacts?$filter=statecode eq 1 and (${filter})&$select=contactid`)).length,
        whole: ids.length,
      };
    },
  },
  'several rows in one change': {
    moments: choose([WRITTEN[1], SENT[1]]),
    prepare: async (rep, word) => {
      await rep.visit('/saleshub/offline');
      const [entry] = unsent.entries;
      const ids = [1, 2, 3].map(() => crypto.randomUUID());
      const changes = ids.map((id) => ({ Create: { ...entry.changes[0].Create, id, columns: { ...entry.changes[0].Create.columns, lastname: { Text: word } } } }));
      const content = { ...unsent, entries: [{ ...entry, id: crypto.randomUUID(), command: { ...entry.command, id: ids[0], parameters: changes[0].Create.columns }, changes }] };
      const file = { name: 'unsent.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) };
      await rep.screen('offline').locator('input[type="file"]').setInputFiles(file);
      const dialog = rep.page.locator('dialog[open]');
      await expect(dialog.locator('[data-ready="true"]')).toHaveCount(1);
      return {
        setOff: () => rep.command('confirm', dialog).click(),
        done: async (office) => (await office.rows(`contacts?$filter=lastname eq '${word}'&$select=contactid`)).length,
        whole: ids.length,
      };
    },
  },
};

let server: Server;
let unsent: any;
let synced: Device;
test.beforeAll(async () => {
  server = await Server.start();
  synced = await Device.make(server.url);
  const rep = await synced.start();
  await rep.signIn('rep-fr');
  await rep.openApp('saleshub');
  await rep.expectSynced();
  unsent = await takeAlong(synced, rep);
  await synced.stop();
});
test.afterAll(async () => {
  await synced?.remove();
  await server?.stop();
});

/** A file of unsent work with a new contact in it, which is then let go. */
async function takeAlong(device: Device, rep: Rep): Promise<unknown> {
  await rep.visit('/saleshub/contact/new');
  await device.connect(false);
  await rep.fill('lastname', 'Pattern');
  await rep.save();
  await rep.indicator.click();
  const [download] = await Promise.all([rep.page.waitForEvent('download'), rep.command('export').click()]);
  const content = JSON.parse(await readFile(await download.path(), 'utf8'));
  await rep.command('discard', rep.screen('offline').locator('[data-entry]').first()).click();
  await rep.command('confirm', rep.page.locator('dialog[open]')).click();
  await rep.expectPending(0);
  await device.connect(true);
  await rep.expectSynced();
  return content;
}

/** Waits until the device has the news from the office, of which a new lead is the last. */
async function catchUp(rep: Rep): Promise<string> {
  const id = crypto.randomUUID();
  const office = await Api.asUser(server.url, 'rep-fr');
  await office.post('leads', { leadid: id, subject: 'News', lastname: id.slice(0, 8) });
  await expect(async () => {
    await rep.page.goto(`${server.url}/saleshub/lead/${id}`);
    await expect(rep.screen('form')).toHaveAttribute('data-row', id, { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await rep.expectSynced();
  return id;
}

/** Rows on the device, table by table. */
async function counts(rep: Rep): Promise<Record<string, string | null>> {
  await rep.visit('/saleshub/offline');
  await rep.expectSynced();
  const rows = await rep.screen('offline').locator('tr[data-table]').all();
  return Object.fromEntries(await Promise.all(rows.map(async (row) => [await row.getAttribute('data-table'), await row.getAttribute('data-value')])));
}

const title = ({ at, what, nth }: Boundary) => `${at} ${nth} of ${what.replace('\\', '')}`;

for (const [name, { moments, prepare }] of Object.entries(jobs)) {
  for (const moment of moments) {
    test(`${name}, power cut: ${title(moment)}`, async () => {
      const device = await Device.make(server.url, synced);
      try {
        const rep = await device.start();
        const lead = await catchUp(rep);
        const change = await prepare(rep, `P${Date.now()}`, lead);
        await device.arm(rep.page, moment);
        await change.setOff();
        await device.waitForCut();
        const told = await rep.page.locator('[data-toast="success"]').count();
        await device.kill();
        if (moment === WRITTEN[0]) expect(told, 'nothing is told as saved before it is').toBe(0);
        const again = await device.start();
        await again.visit('/saleshub/contact');
        await again.expectSynced();
        const done = await change.done(await Api.asService(server.url));
        expect(moment === WRITTEN[0] ? [0, change.whole] : [change.whole]).toContain(done);
        expect(again.defects).toEqual([]);
      } finally {
        await device.remove();
      }
    });
  }
}

const FIRST: Boundary[] = [
  { at: 'after commit', what: 'pages', nth: 4 },
  { at: 'answer', what: '/api/data/', nth: 5 },
];

for (const moment of FIRST) {
  test(`a first sync, power cut: ${title(moment)}`, async () => {
    const device = await Device.make(server.url);
    try {
      const rep = await device.start(moment);
      await rep.signIn('rep-fr');
      await device.waitForCut();
      await device.kill();
      const again = await device.start();
      const found = await counts(again);
      await device.stop();
      const whole = await Device.make(server.url, synced);
      try {
        const beside = await whole.start();
        // It begins with the news since it stood still.
        await expect(async () => expect(found).toEqual(await counts(beside))).toPass({ timeout: 60_000 });
      } finally {
        await whole.remove();
      }
    } finally {
      await device.remove();
    }
  });
}

const NEWS: Boundary[] = [
  { at: 'before commit', what: 'pages', nth: 1 },
  { at: 'answer', what: '/api/data/', nth: 1 },
];

for (const moment of NEWS) {
  test(`news from the office, power cut: ${title(moment)}`, async () => {
    const device = await Device.make(server.url, synced);
    try {
      const rep = await device.start();
      await catchUp(rep);
      await rep.visit('/saleshub/account');
      const id = await rep.openFirstRow();
      const path = new URL(rep.page.url()).pathname;
      const word = `N${Date.now()}`;
      await (await Api.asService(server.url)).patch(`accounts(${id})`, { telephone1: word });
      await device.arm(rep.page, moment);
      await rep.page.evaluate(() => window.dispatchEvent(new Event('focus')));
      await device.waitForCut();
      await device.kill();
      const again = await device.start();
      await again.visit(path);
      await again.expectSynced();
      await expect(again.field('telephone1')).toHaveAttribute('data-value', word);
      expect(again.defects).toEqual([]);
    } finally {
      await device.remove();
    }
  });
}
