// What will be brought to the device is shown before it comes, in every language and on every size; what is left out comes later.
import { expect, test, type Page } from '@playwright/test';
import { Rep } from '../rep';
import { Server } from '../server';

const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 } };
const WORDS = { 'rep-fr': 'Vos données sur cet appareil', 'rep-de': 'Ihre Daten auf diesem Gerät', manager: 'Your data on this device' } as const;

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(async () => {
  await server?.stop();
});

/** Signs in as on a new device and stops where the plan is shown. */
async function plan(page: Page, user: string): Promise<Rep> {
  const rep = new Rep(page, server.url);
  await rep.enter(user);
  await expect(page.locator('[data-command="start-first-sync"]')).toBeEnabled();
  return rep;
}

/** A picture for whoever wants to look. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.VALISE_SHOTS) await page.screenshot({ path: `${process.env.VALISE_SHOTS}/${name}.png` });
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme, hasTouch: size !== 'desktop' });

      test('the plan fits, is in the language of the user, and nothing is fetched before it is taken', async ({ page }) => {
        const user = { phone: 'rep-fr', tablet: 'rep-de', desktop: 'manager' }[size] as keyof typeof WORDS;
        const rows: string[] = [];
        page.on('request', (request) => {
          if (request.url().includes('$select=')) rows.push(request.url());
        });
        const rep = await plan(page, user);
        const dialog = page.locator('dialog#carry');
        await expect(dialog.getByRole('heading').first()).toHaveText(WORDS[user]);
        await expect(dialog.locator('[data-part="carry-totals"] dd').first()).toHaveText(/\d/);
        await expect(dialog.locator('[data-table="account"] input')).toBeChecked();
        await expect(dialog.locator('[data-table="systemuser"] input')).toBeDisabled();
        const excess = await dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
        expect(excess, 'nothing sticks out').toBeLessThanOrEqual(0);
        await picture(page, `plan-${size}-${colorScheme}`);
        expect(rows).toEqual([]);
        await dialog.locator('[data-command="start-first-sync"]').click();
        await expect(dialog).toBeHidden();
        await picture(page, `progress-${size}-${colorScheme}`);
        await rep.openApp('saleshub');
        await rep.expectSynced();
        expect(rep.defects).toEqual([]);
      });
    });
  }
}

test('put aside, it waits; what is left out stays on the server and comes when it is wanted', async ({ page }) => {
  const rep = await plan(page, 'rep-fr');
  const dialog = page.locator('dialog#carry');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(dialog, 'it is asked again').toBeVisible();
  await dialog.locator('[data-command="cancel"]').click();
  await page.locator('[data-command="plan-first-sync"]').click();
  const before = await dialog.locator('[data-part="carry-totals"]').innerText();
  await dialog.locator('[data-table="contact"] input').uncheck();
  await expect(dialog.locator('[data-part="carry-totals"]')).not.toHaveText(before);
  await dialog.locator('[data-command="start-first-sync"]').click();
  await rep.openApp('saleshub');
  await rep.expectSynced();
  await rep.visit('/saleshub/contact');
  await expect(page.locator('[data-coverage="left-out"]')).toBeVisible();
  await rep.visit('/saleshub/offline');
  await expect(rep.screen('offline').locator('tr[data-table="contact"]')).toHaveAttribute('data-value', '0');
  await picture(page, 'offline-left-out');
  await page.locator('[data-command="choose-tables"]').click();
  await expect(dialog.locator('[data-table="contact"] input')).not.toBeChecked();
  await dialog.locator('[data-table="contact"] input').check();
  await dialog.locator('[data-command="start-first-sync"]').click();
  await expect(rep.screen('offline').locator('tr[data-table="contact"]')).not.toHaveAttribute('data-value', '0', { timeout: 30_000 });
  await rep.expectSynced();
  await rep.visit('/saleshub/contact');
  await expect(rep.rows().first()).toBeVisible();
  expect(rep.defects).toEqual([]);
});
