// Every table that has views: its list and a row's form open on every size, in three languages, without an error and without
// anything sticking out; and what a form shows beside its own row.
import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { Rep } from '../rep';
import { Server } from '../server';

const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 } };
const USERS = { phone: 'rep-fr', tablet: 'rep-de', desktop: 'admin' } as const;
const SOLUTION = new URL('../../../src/solution/data/', import.meta.url);
const folders = (name: string) => readdirSync(new URL(name, SOLUTION), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const WITH_FORM = new Set(folders('forms/'));
const TABLES = folders('views/').filter((table) => WITH_FORM.has(table));

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(async () => {
  await server?.stop();
});

for (const [size, viewport] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ viewport, hasTouch: size !== 'desktop' });

    test('the list and a form of every table open', async ({ page }) => {
      test.setTimeout(600_000);
      const rep = new Rep(page, server.url);
      await rep.signIn(USERS[size as keyof typeof USERS]);
      await rep.openApp('saleshub');
      await rep.expectSynced();
      const expectTidy = async (what: string) => {
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(excess, `${what} is wider than the screen`).toBeLessThanOrEqual(0);
      };
      let seen = 0;
      for (const table of TABLES) {
        await rep.visit(`/saleshub/${table}`);
        const view = rep.screen('view');
        await expect(view.or(page.locator('.empty')).first(), table).toBeVisible();
        // A table that this role may not see says so.
        if (!(await view.isVisible())) continue;
        await expectTidy(`the view of ${table}`);
        const row = rep.rows().first();
        await expect(row.or(view.locator('.empty')).first(), table).toBeVisible();
        if (!(await row.isVisible())) continue;
        await row.locator('a').first().click();
        await expect(rep.screen('form').locator('[data-column]').first(), table).toBeVisible();
        await expectTidy(`the form of ${table}`);
        seen += 1;
      }
      expect(seen, 'tables of which a form was seen').toBeGreaterThan(10);
      expect(rep.defects).toEqual([]);
    });

    test('a process moves from stage to stage and reaches the server', async ({ page }) => {
      const rep = new Rep(page, server.url);
      await rep.signIn('rep-fr');
      await rep.openApp('saleshub');
      await rep.expectSynced();
      await rep.visit('/saleshub/opportunity');
      await rep.openFirstRow();
      const active = rep.processBar.locator('[aria-current="step"]');
      await expect(active).toHaveAttribute('data-stage', 'Qualify');
      await active.click();
      await rep.command('next-stage').click();
      await expect(active).toHaveAttribute('data-stage', 'Develop');
      await rep.expectSynced();
      await active.click();
      await rep.command('previous-stage').click();
      await expect(active).toHaveAttribute('data-stage', 'Qualify');
      await rep.expectSynced();
      expect(rep.defects).toEqual([]);
    });

    test('a row leads to related rows and to its neighbours in the list', async ({ page }) => {
      const rep = new Rep(page, server.url);
      await rep.signIn('rep-fr');
      await rep.openApp('saleshub');
      await rep.expectSynced();
      await rep.visit('/saleshub/account');
      const first = await rep.openFirstRow();
      await expect(rep.command('previous-record')).toBeDisabled();
      await rep.command('next-record').click();
      await expect(rep.screen('form')).not.toHaveAttribute('data-row', first);
      await rep.command('previous-record').click();
      await expect(rep.screen('form')).toHaveAttribute('data-row', first);
      await rep.command('related').click();
      await page.getByRole('menuitem').locator('visible=true').first().click();
      await expect(page.locator('[role="tab"][aria-selected="true"]')).toBeVisible();
      await expect(page).toHaveURL(/tab=/);
      expect(rep.defects).toEqual([]);
    });
  });
}
