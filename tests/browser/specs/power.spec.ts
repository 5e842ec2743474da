// The power goes while something is written, sent or fetched. Afterwards nothing that was told as saved is missing, nothing is there
// twice or by halves, and the outbox empties. `VALISE_POWER=all` goes through every moment, else a choice of them.
import { expect, test } from '@playwright/test';
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
type Job = { moments: Boundary[]; prepare: (rep: Rep, word: string) => Promise<Change> };

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
    prepare: async (rep) => {
      await rep.visit('/saleshub/lead');
      const id = await rep.openFirstRow();
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
};

let server: Server;
let synced: Device;
test.beforeAll(async () => {
  server = await Server.start();
  synced = await Device.make(server.url);
  const rep = await synced.start();
  await rep.signIn('rep-fr');
  await rep.openApp('saleshub');
  await rep.expectSynced();
  await synced.stop();
});
test.afterAll(async () => {
  await synced?.remove();
  await server?.stop();
});

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
        await rep.visit('/saleshub/contact');
        await rep.expectSynced();
        const change = await prepare(rep, `P${Date.now()}`);
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
        expect(found).toEqual(await counts(await whole.start()));
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
      await rep.visit('/saleshub/account');
      await rep.expectSynced();
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
