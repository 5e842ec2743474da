// Tabs beside each other: which one works on the database, and the ways it can go.
import { expect, type BrowserContext, type Page, type Worker } from '@playwright/test';
import { Rep } from './rep';

const workerOf = (page: Page): Worker | undefined => page.workers().find((worker) => worker.url().includes('worker'));

/** True when the worker of this page holds the lock of the database. */
async function leads(page: Page): Promise<boolean> {
  const worker = workerOf(page);
  if (!worker) return false;
  return worker.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    const own = held.find((lock) => lock.name === `valise tab ${self.name.split(' ')[1]}`);
    return held.some((lock) => lock.name === 'valise' && lock.clientId === own?.clientId);
  });
}

/** The tab that works on the database, and the others. */
export async function roles(reps: Rep[]): Promise<{ leader: Rep; followers: Rep[] }> {
  let leader: Rep | undefined;
  await expect(async () => {
    const leading = await Promise.all(reps.map((rep) => leads(rep.page)));
    leader = reps[leading.indexOf(true)];
    expect(leading.filter(Boolean), 'one tab leads').toHaveLength(1);
  }).toPass({ timeout: 10_000 });
  return { leader: leader!, followers: reps.filter((rep) => rep !== leader) };
}

/** Another tab of the same browser, at this address. */
export async function another(context: BrowserContext, url: string, path: string): Promise<Rep> {
  const rep = new Rep(await context.newPage(), url);
  await rep.visit(path);
  return rep;
}

/** What the browser tells a page in the background before it stops it. Chromium freezes no page that is visible, as all are here. */
export const freeze = (page: Page) => page.evaluate(() => void document.dispatchEvent(new Event('freeze')));

/** What it tells the page when the user comes back to it. */
export const resume = (page: Page) => page.evaluate(() => void document.dispatchEvent(new Event('resume')));

/** The ways a tab stops working on the database. */
export const ends: Record<string, (page: Page) => Promise<unknown>> = {
  'is closed': (page) => page.close(),
  'crashes': async (page) => {
    const session = await page.context().newCDPSession(page);
    const gone = new Promise((resolve) => page.once('crash', resolve));
    // It never answers.
    session.send('Page.crash').catch(() => undefined);
    await gone;
  },
  'loses its worker': (page) => workerOf(page)!.evaluate(() => self.close()),
  'is frozen': (page) => freeze(page),
  // As a device does that stops a tab without a word.
  'hangs': async (page) => {
    workerOf(page)!.evaluate(() => {
      const end = Date.now() + 15_000;
      while (Date.now() < end);
    }).catch(() => undefined);
  },
};
