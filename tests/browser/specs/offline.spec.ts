// Work that the server does not have: a file takes it along, conflicts are settled field by field, nothing goes unasked.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { readFile, writeFile } from 'node:fs/promises';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';

/** A rep whose device has everything and has lost the network. */
async function onTheRoad(server: Server, context: BrowserContext, page: Page, user = 'manager'): Promise<Rep> {
  const rep = new Rep(page, server.url);
  await rep.signIn(user);
  await rep.openApp('saleshub');
  await rep.expectSynced();
  return rep;
}

const offline = (rep: Rep) => rep.screen('offline');
const entries = (rep: Rep) => offline(rep).locator('[data-entry]');

async function makeAccount(rep: Rep, name: string): Promise<string> {
  await rep.visit('/saleshub/account/new');
  await rep.fill('name', name);
  await rep.save();
  await expect(rep.page).toHaveURL(/account\/[0-9a-f-]{36}/);
  return /account\/([0-9a-f-]{36})/.exec(rep.page.url())![1];
}

test('unsent work goes into a file and comes back on another device, once', async ({ browser, context, page }, info) => {
  const server = await Server.start();
  try {
    const rep = await onTheRoad(server, context, page);
    await context.setOffline(true);
    const name = `Kepler ${Date.now() % 100_000}`;
    const account = await makeAccount(rep, name);
    await rep.visit('/saleshub/offline');
    await expect(entries(rep)).toHaveCount(1);
    await expect(entries(rep).first()).toContainText(name);
    const [download] = await Promise.all([page.waitForEvent('download'), rep.command('export', offline(rep)).click()]);
    const path = info.outputPath('unsent.json');
    await download.saveAs(path);
    const content = JSON.parse(await readFile(path, 'utf8'));
    expect(content).toMatchObject({ format: 'valise-unsent-work', version: 1 });
    expect(content.entries).toHaveLength(1);

    // A colleague's device takes nothing of it.
    const elsewhere = await browser.newContext();
    const colleague = new Rep(await elsewhere.newPage(), server.url);
    await colleague.signIn('rep-de');
    await colleague.openApp('saleshub');
    await colleague.expectSynced();
    await colleague.visit('/saleshub/offline');
    await offline(colleague).locator('input[type="file"]').setInputFiles(path);
    await expect(colleague.page.locator('[data-toast="error"]').first()).toBeVisible();
    await colleague.expectPending(0);
    expect(colleague.defects).toEqual([]);
    await elsewhere.close();

    // The user's other device takes what fits and says what does not.
    content.entries.push({ ...content.entries[0], id: crypto.randomUUID(), changes: [{ Create: { table: 'new_nothing', id: crypto.randomUUID(), columns: {} } }] });
    await writeFile(path, JSON.stringify(content));
    const other = await browser.newContext();
    const second = new Rep(await other.newPage(), server.url);
    await second.signIn('manager');
    await second.openApp('saleshub');
    await second.expectSynced();
    await second.visit('/saleshub/offline');
    await offline(second).locator('input[type="file"]').setInputFiles(path);
    const dialog = second.page.locator('dialog[open]');
    await expect(dialog.locator('[data-ready="true"]')).toHaveCount(1);
    await expect(dialog.locator('[data-ready="false"]')).toHaveCount(1);
    await second.command('confirm', dialog).click();
    await second.expectSynced();
    const office = await Api.asService(server.url);
    expect(await office.get(`accounts(${account})?$select=name`)).toMatchObject({ name });

    // The first device comes back: the server has it already, and has it once.
    await context.setOffline(false);
    await rep.expectSynced();
    expect(await office.rows(`accounts?$filter=name eq '${name}'&$select=accountid`)).toHaveLength(1);
    expect([...rep.defects, ...second.defects]).toEqual([]);
    await other.close();
  } finally {
    await server.stop();
  }
});

test('a conflict is settled field by field, with a third value where neither will do', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = await onTheRoad(server, context, page, 'rep-fr');
    await rep.openTable('opportunity');
    const opportunity = await rep.openFirstRow();
    const office = await Api.asService(server.url);
    await context.setOffline(true);
    await rep.fill('estimatedvalue', '60000');
    await rep.fill('currentsituation', 'Chez le directeur.');
    await rep.save();
    await office.patch(`opportunities(${opportunity})`, { estimatedvalue: 70000, currentsituation: 'Beim Vorstand.' });
    await context.setOffline(false);
    await expect(rep.indicator).toHaveAttribute('data-state', 'attention', { timeout: 60_000 });
    await rep.visit('/saleshub/offline');
    const value = offline(rep).locator('fieldset[data-column="estimatedvalue"]');
    const situation = offline(rep).locator('fieldset[data-column="currentsituation"]');
    await expect(value.locator('[data-side="mine"]')).toContainText('60');
    await expect(value.locator('[data-side="theirs"]')).toContainText('70');
    const apply = rep.command('keep-chosen', offline(rep));
    await expect(apply).toBeDisabled();
    await value.locator('[data-side="other"] input[type="radio"]').check();
    const third = value.locator('[data-side="other"] input:not([type="radio"])').first();
    await third.fill('65000');
    await third.blur();
    await expect(apply).toBeDisabled();
    await situation.locator('[data-side="theirs"] input').check();
    await apply.click();
    await expect(page.locator('[data-toast="success"]').first()).toBeVisible();
    await rep.expectSynced();
    const saved = await office.get(`opportunities(${opportunity})?$select=estimatedvalue,currentsituation`);
    expect(saved).toMatchObject({ estimatedvalue: 65000, currentsituation: 'Beim Vorstand.' });
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('what goes with a discarded change is named before it goes, and the latest change can be undone', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = await onTheRoad(server, context, page);
    await context.setOffline(true);
    const account = await makeAccount(rep, 'Tycho');
    await rep.fill('telephone1', '+49 1');
    await rep.save();
    await rep.expectPending(2);
    await rep.visit('/saleshub/contact/new');
    await rep.fill('lastname', 'Brahe');
    await rep.save();
    await rep.expectPending(3);
    await rep.visit('/saleshub/offline');
    await expect(entries(rep)).toHaveCount(3);
    await rep.command('discard', entries(rep).first()).click();
    const dialog = page.locator('dialog[open]');
    await expect(dialog).toContainText('Tycho');
    await expect(dialog.locator('p')).toContainText('•');
    await expect(dialog.locator('p')).not.toContainText('Brahe');
    await rep.command('cancel', dialog).click();
    await expect(entries(rep)).toHaveCount(3);
    await rep.command('discard', entries(rep).first()).click();
    await rep.command('confirm', page.locator('dialog[open]')).click();
    await expect(entries(rep)).toHaveCount(1);
    await expect(page.locator('#outbox-title')).toBeFocused();
    await rep.command('undo', offline(rep)).click();
    await rep.command('confirm', page.locator('dialog[open]')).click();
    await expect(entries(rep)).toHaveCount(0);
    await rep.expectPending(0);
    await context.setOffline(false);
    await rep.expectSynced();
    const office = await Api.asService(server.url);
    expect(await office.rows(`accounts?$filter=accountid eq ${account}&$select=accountid`)).toEqual([]);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('signing out with unsent work asks first, and what is sent meanwhile is not lost', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = await onTheRoad(server, context, page);
    await context.setOffline(true);
    const name = `Galilei ${Date.now() % 100_000}`;
    await makeAccount(rep, name);
    await rep.visit('/saleshub/offline');
    const openMenu = async () => {
      await page.locator('.top-bar button[aria-haspopup]').last().click();
      await rep.command('sign-out').click();
    };
    await openMenu();
    const dialog = page.locator('dialog[open]');
    await expect(dialog.locator('[data-unsent]')).toHaveAttribute('data-unsent', '1');
    await rep.command('cancel', dialog).click();
    await rep.expectPending(1);
    await openMenu();
    await context.setOffline(false);
    await rep.command('send-now', dialog).click();
    await expect(dialog.locator('[data-unsent]')).toHaveAttribute('data-unsent', '0', { timeout: 60_000 });
    await expect(rep.command('send-now', dialog)).toHaveCount(0);
    await rep.command('confirm', dialog).click();
    await expect(rep.screen('sign-in')).toBeVisible();
    await expect(page.locator('.cleared')).toHaveCount(0);
    const office = await Api.asService(server.url);
    expect(await office.rows(`accounts?$filter=name eq '${name}'&$select=accountid`)).toHaveLength(1);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('data that were cleared behind our back are missed, with what was lost', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const rep = await onTheRoad(server, context, page);
    await context.setOffline(true);
    await makeAccount(rep, 'Lost');
    await rep.expectPending(1);
    await rep.visit('/saleshub/offline');
    await expect(offline(rep).locator('[data-section="storage"] meter')).toBeVisible();
    await context.setOffline(false);
    // As a browser in want of room does: the database goes, whoever has it open.
    const session = await context.newCDPSession(page);
    await page.goto('about:blank');
    await session.send('Storage.clearDataForOrigin', { origin: server.url, storageTypes: 'indexeddb' });
    await page.goto(server.url);
    await expect(rep.screen('sign-in')).toBeVisible();
    await expect(page.locator('.cleared')).toHaveAttribute('data-unsent', /^[01]$/);
    await rep.command('understood').click();
    await expect(page.locator('.cleared')).toHaveCount(0);
    await page.reload();
    await expect(rep.screen('sign-in')).toBeVisible();
    await expect(page.locator('.cleared')).toHaveCount(0);
  } finally {
    await server.stop();
  }
});
