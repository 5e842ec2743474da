// The last screen is there before the database is open, and it is nobody else's.
import { expect, test, type BrowserContext } from '@playwright/test';
import { Rep } from '../rep';
import { Server } from '../server';

test.use({ serviceWorkers: 'block' });

/** From now on a new page gets its worker when this is called. */
async function holdWorker(context: BrowserContext): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await context.route('**/worker_loader.js', async (route) => {
    await held;
    await route.continue();
  });
  return () => release();
}

const kept = (rep: Rep) => rep.page.evaluate(() => localStorage.getItem('valise.screen'));

test('a list is drawn before the worker runs, and thrown away at sign-out', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.visit('/saleshub/account');
    await expect(rep.rows().first()).toBeVisible();
    await expect.poll(() => kept(rep)).toContain('"/saleshub/account');
    const names = await rep.rows().allTextContents();

    let release = await holdWorker(context);
    await rep.visit('/saleshub/account');
    await expect(rep.rows().first()).toBeVisible();
    expect((await rep.rows().allTextContents()).slice(0, 5)).toEqual(names.slice(0, 5));
    await expect(page.locator('nav a[href="/saleshub/account"]')).toBeVisible();
    await expect(rep.indicator).toHaveAttribute('data-state', 'syncing');
    release();
    await rep.expectSynced();
    await rep.openFirstRow();
    await expect(rep.input('name')).not.toHaveValue('');

    // Another address shows nothing of it.
    await rep.visit('/saleshub/account');
    await expect.poll(() => kept(rep)).toContain('"/saleshub/account');
    release = await holdWorker(context);
    await page.goto(`${server.url}/saleshub/lead`);
    await page.waitForTimeout(1000);
    await expect(page.locator('[data-row]')).toHaveCount(0);
    release();
    await expect(rep.rows().first()).toBeVisible();

    await rep.visit('/saleshub/account');
    await expect.poll(() => kept(rep)).toContain('"/saleshub/account');
    await page.locator('button:has(.avatar)').click();
    await rep.command('sign-out').click();
    await expect(page.locator('[data-command="sign-in"]')).toBeVisible();
    expect(await kept(rep)).toBeNull();
    release = await holdWorker(context);
    await page.goto(`${server.url}/saleshub/account`);
    await page.waitForTimeout(1000);
    await expect(page.locator('[data-row]')).toHaveCount(0);
    release();
    await expect(page.locator('[data-command="sign-in"]')).toBeVisible();
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
