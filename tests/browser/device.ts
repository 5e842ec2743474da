// A device that can lose its power: a browser of its own on a folder of its own, killed at the boundaries of the store and the network.
import { chromium, expect, type BrowserContext, type Page } from '@playwright/test';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import config from './playwright.config';
import { Rep } from './rep';

/** Where the power goes: at the n-th of these moments. */
export type Boundary = { at: 'before commit' | 'after commit' | 'request' | 'answer'; what: string; nth: number };

// In front of the worker's own script. A moment that is waited for asks for an address that never answers and stops the thread there.
const prelude = (armed: object) => `
const power = self.power = ${JSON.stringify(armed)};
const pass = (at, stores) => {
  if (power.at !== at || !stores.includes(power.what) || --power.left !== 0) return;
  const request = new XMLHttpRequest();
  request.open('GET', '/power-cut', false);
  request.send();
};
const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  const transaction = begin.call(this, stores, mode, options);
  if (mode === 'readwrite') {
    transaction.addEventListener('complete', () => pass('after commit', [...transaction.objectStoreNames]));
    const commit = transaction.commit;
    transaction.commit = () => {
      pass('before commit', [...transaction.objectStoreNames]);
      commit.call(transaction);
    };
  }
  return transaction;
};
`;

export class Device {
  private context?: BrowserContext;
  private cut?: Promise<void>;

  private constructor(
    private readonly url: string,
    private readonly folder: string,
  ) {}

  /** A new device, or one that begins where another stands. */
  static async make(url: string, like?: Device): Promise<Device> {
    const device = new Device(url, await mkdtemp(join(tmpdir(), 'valise-device-')));
    if (like) await cp(like.folder, device.folder, { recursive: true });
    return device;
  }

  /** Switches it on, with a moment at which the power goes or without. */
  async start(boundary?: Boundary): Promise<Rep> {
    this.context = await chromium.launchPersistentContext(this.folder, { ...config.use?.launchOptions, serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
    const armed = { at: boundary?.at ?? '', what: boundary?.what ?? '', left: boundary?.nth ?? 0 };
    await this.context.route('**/worker_loader.js', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: `${prelude(armed)}\n${await answer.text()}` });
    });
    if (boundary) await this.await(boundary);
    const [page] = this.context.pages();
    return new Rep(page ?? (await this.context.newPage()), this.url);
  }

  /** From now on the power goes at this moment; `waitForCut` waits for it. */
  async arm(page: Page, boundary: Boundary): Promise<void> {
    await this.await(boundary);
    const worker = page.workers().find((worker) => worker.url().includes('worker'))!;
    await worker.evaluate(({ at, what, nth }) => Object.assign((self as unknown as { power: object }).power, { at, what, left: nth }), boundary);
  }

  private async await(boundary: Boundary): Promise<void> {
    const context = this.context!;
    let reached = (): void => undefined;
    this.cut = new Promise((resolve) => (reached = resolve));
    await context.route('**/power-cut', () => reached());
    if (boundary.at !== 'request' && boundary.at !== 'answer') return;
    let left = boundary.nth;
    await context.route(new RegExp(boundary.what), async (route) => {
      if (--left !== 0) return route.fallback();
      // The server has the request, the device never gets the answer.
      if (boundary.at === 'answer') await route.fetch();
      reached();
    });
  }

  /** Waits for the moment; one that does not come makes the test fail. */
  async waitForCut(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the moment for the power cut did not come')), 30_000);
    });
    await Promise.race([this.cut, late]).finally(() => clearTimeout(timer));
  }

  /** The power goes. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.context!.once('close', resolve));
    for (const pid of await this.processes()) process.kill(pid, 'SIGKILL');
    await gone;
    await expect(async () => expect(await this.processes()).toEqual([])).toPass();
    // What a browser that was killed leaves behind would keep the next one from starting.
    for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) await rm(join(this.folder, name), { force: true });
  }

  /** Whether there is a network. */
  async connect(isOnline: boolean): Promise<void> {
    await this.context!.setOffline(!isOnline);
  }

  async stop(): Promise<void> {
    await this.context?.close().catch(() => undefined);
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The processes of this device's own browser, known by its folder. */
  private async processes(): Promise<number[]> {
    const found = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
      const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (words.split('\0').some((word) => word === `--user-data-dir=${this.folder}`)) found.push(Number(name));
    }
    return found;
  }
}
