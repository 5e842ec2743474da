// Two people work on the same row: other columns are merged, the same column waits for the user, a row that is gone is missed.
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';

const german = JSON.parse(readFileSync(new URL('../../../www/locales/de.json', import.meta.url), 'utf8'));

test('what a colleague changed in another column is merged, in the same column it waits on the offline page', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('opportunity');
    const opportunity = await rep.openFirstRow();
    const path = new URL(page.url()).pathname;
    const manager = await Api.asUser(server.url, 'manager');
    const read = () => manager.get(`opportunities(${opportunity})?$select=estimatedvalue,description,currentsituation`);

    // Another column.
    await context.setOffline(true);
    await rep.fill('estimatedvalue', '50000');
    await rep.save();
    await manager.patch(`opportunities(${opportunity})`, { currentsituation: 'Das Angebot liegt beim Vorstand.' });
    await context.setOffline(false);
    await rep.expectSynced();
    expect(await read()).toMatchObject({ estimatedvalue: 50000, currentsituation: 'Das Angebot liegt beim Vorstand.' });
    await rep.visit(path);
    await expect(rep.field('currentsituation')).toHaveAttribute('data-value', 'Das Angebot liegt beim Vorstand.');

    // The same column.
    await context.setOffline(true);
    await rep.fill('estimatedvalue', '60000');
    await rep.save();
    await manager.patch(`opportunities(${opportunity})`, { estimatedvalue: 70000 });
    await context.setOffline(false);
    await expect(rep.indicator).toHaveAttribute('data-state', 'attention', { timeout: 60_000 });
    expect(await read()).toMatchObject({ estimatedvalue: 70000 });

    await rep.visit('/saleshub/offline');
    const conflict = rep.screen('offline').locator('[data-column="estimatedvalue"]').first();
    await expect(conflict).toBeVisible();
    await rep.command('keep-mine', rep.screen('offline')).click();
    await rep.expectSynced();
    expect(await read()).toMatchObject({ estimatedvalue: 60000 });
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('an open record that somebody deletes says so, and what was typed can still be read', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-de');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('lead');
    const lead = await rep.openFirstRow();
    await expect(page.locator('[data-notice="row-gone"]')).toHaveCount(0);
    await rep.fill('jobtitle', 'noch nicht gespeichert');
    const office = await Api.asService(server.url);
    await office.remove(`leads(${lead})`);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    const notice = page.locator('[data-notice="row-gone"]');
    await expect(notice).toContainText(german['form.gone']);
    await expect(notice).toContainText(german['form.gone-unsaved']);
    await expect(rep.field('jobtitle')).toHaveAttribute('data-value', 'noch nicht gespeichert');
    for (const name of ['save', 'delete']) await expect(page.locator(`[data-command="${name}"]`)).toHaveCount(0);
    await rep.screen('form').locator('a.back').click();
    const dialog = page.locator('dialog[open]');
    await expect(dialog).toContainText(german['form.gone-unsaved']);
    await rep.command('confirm', dialog).click();
    await expect(rep.screen('view')).toBeVisible();
    await expect(rep.row(lead)).toHaveCount(0);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
