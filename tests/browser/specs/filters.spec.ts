// A view is sorted, filtered, given other columns and exported; what was changed comes back with the address.
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { Rep } from '../rep';
import { Server } from '../server';

test('filters and columns of a view come back with the address, and what is shown goes to a file', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('account');
    const count = rep.screen('view').locator('[role="status"]').first();
    const all = await count.innerText();
    const head = (column: string) => rep.screen('view').locator(`[role="columnheader"][data-column="${column}"]`);
    const choose = async (column: string, command: string) => {
      await head(column).hover();
      await rep.command('column-menu', head(column)).click();
      await rep.command(command).click();
    };

    await choose('address1_city', 'filter');
    await rep.command('apply').click();
    await expect(page.locator('.field-problem')).toBeVisible();
    await page.locator('#filter-value').fill('lyon');
    await page.locator('#filter-value').press('Enter');
    await expect(rep.screen('view').locator('[data-part="filters"] li')).toHaveCount(1);
    await expect(count).not.toHaveText(all);
    await expect(rep.rows().first()).toBeVisible();
    for (const row of await rep.rows().all()) await expect(row).toContainText('Lyon');

    await choose('telephone1', 'hide-column');
    await expect(head('telephone1')).toHaveCount(0);
    await rep.command('edit-columns').click();
    await page.locator('[data-part="other-columns"] [data-column="revenue"]').click();
    await rep.command('apply').click();
    await expect(head('revenue')).toBeVisible();
    await choose('name', 'sort-descending');
    await expect(head('name')).toHaveAttribute('aria-sort', 'descending');
    const shown = await count.innerText();

    await rep.openFirstRow();
    await page.goBack();
    await expect(count).toHaveText(shown);
    await page.reload();
    await expect(count).toHaveText(shown);
    await expect(head('name')).toHaveAttribute('aria-sort', 'descending');
    await expect(head('revenue')).toBeVisible();
    await expect(head('telephone1')).toHaveCount(0);

    const file = page.waitForEvent('download');
    const more = rep.command('export-csv');
    if (!(await more.isVisible())) await rep.command('more').click();
    await rep.command('export-csv').click();
    const text = await readFile((await (await file).path())!, 'utf8');
    const lines = text.replace('\ufeff', '').trim().split('\r\n');
    expect(lines.length - 1).toBe(await rep.rows().count());
    expect(lines.slice(1).every((line) => line.includes('Lyon'))).toBe(true);

    await rep.command('clear-filter', rep.screen('view').locator('[data-part="filters"]')).click();
    await expect(count).toHaveText(all);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a phone sorts and filters cards in a dialog', async ({ browser }) => {
  const server = await Server.start();
  try {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const page = await context.newPage();
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-de');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('opportunity');
    await rep.command('sort-filter').click();
    await page.locator('dialog [data-column="estimatedclosedate"]').click();
    await page.locator('#filter-operator').selectOption('this-year');
    await rep.command('apply').click();
    await expect(rep.screen('view').locator('[data-part="filters"] li')).toHaveCount(1);
    await expect(rep.rows().first()).toBeVisible();
    await page.locator('[data-part="filters"] li button').first().click();
    await page.locator('#filter-operator').selectOption('null');
    await rep.command('apply').click();
    await expect(rep.screen('view').locator('[data-part="filters"] li')).toHaveCount(1);
    await rep.command('clear-filter', rep.screen('view').locator('[data-part="filters"]')).click();
    await expect(rep.rows().first()).toBeVisible();
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
