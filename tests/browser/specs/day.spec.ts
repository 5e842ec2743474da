// The main job, end to end: a rep's rows in the pocket, edited without a network, and the office has them afterwards, once.
import { expect, test, type BrowserContext } from '@playwright/test';
import { Api } from '../api';
import { Rep, reopen } from '../rep';
import { Server } from '../server';

type Cut = { cut: () => Promise<unknown>; restore: () => Promise<unknown> };

const ways: Record<string, (context: BrowserContext, server: Server) => Cut> = {
  'the network goes': (context) => ({ cut: () => context.setOffline(true), restore: () => context.setOffline(false) }),
  'the server is killed': (_, server) => ({ cut: () => server.kill(), restore: () => server.run() }),
};

for (const [name, way] of Object.entries(ways)) {
  test(`a rep edits while ${name}, closes the tab, comes back, and the office has it all once`, async ({ context, page }) => {
    const server = await Server.start();
    try {
      const { cut, restore } = way(context, server);
      let rep = new Rep(page, server.url);
      await rep.signIn('rep-fr');
      await rep.openApp('saleshub');
      await rep.expectSynced();
      await rep.openTable('opportunity');
      const opportunity = await rep.openFirstRow();
      const path = new URL(rep.page.url()).pathname;

      await cut();
      await rep.fill('estimatedvalue', '123456,78');
      await rep.save();
      await rep.expectPending(1);

      // A contact that is nowhere yet, made from within the lookup.
      const family = `Delacourt-${Date.now() % 100_000}`;
      await rep.clear('parentcontactid');
      await rep.field('parentcontactid').locator('input').fill(family);
      await rep.command('create', rep.field('parentcontactid')).click();
      const dialog = rep.page.locator('dialog[open]');
      await rep.fill('firstname', 'Maëlle', dialog);
      await rep.fill('lastname', family, dialog);
      await rep.command('confirm', dialog).click();
      await expect(dialog).toBeHidden();
      await expect(rep.field('parentcontactid')).toContainText(family);
      const contact = await rep.field('parentcontactid').getAttribute('data-value');
      await rep.save();
      await rep.expectPending(3);

      rep = await reopen(rep, context, server.url);
      await rep.visit(path);
      await expect(rep.field('estimatedvalue')).toHaveAttribute('data-value', '123456.78');
      await expect(rep.field('parentcontactid')).toContainText(family);
      await rep.expectPending(3);
      await rep.visit('/saleshub/opportunity');
      await expect(rep.row(opportunity)).toHaveAttribute('data-pending', '2');

      await restore();
      await rep.expectSynced();
      await expect(rep.row(opportunity)).not.toHaveAttribute('data-pending', /.*/);

      const office = await Api.asService(server.url);
      const saved = await office.get(`opportunities(${opportunity})?$select=estimatedvalue,_parentcontactid_value`);
      expect(saved.estimatedvalue).toBe(123456.78);
      expect(saved._parentcontactid_value).toBe(contact);
      const people = await office.rows(`contacts?$filter=lastname eq '${family}'&$select=contactid,fullname,_ownerid_value&$expand=owninguser($select=domainname)`);
      expect(people).toHaveLength(1);
      expect(people[0].contactid).toBe(contact);
      expect((people[0].owninguser as { domainname: string }).domainname).toMatch(/^rep-fr@/);
      expect(rep.defects).toEqual([]);
    } finally {
      await server.stop();
    }
  });
}

test('what is typed survives a reload without being saved, and can be given up', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    // The page warns before it is left with unsaved changes; this user goes all the same.
    page.on('dialog', (dialog) => dialog.accept());
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('opportunity');
    await rep.openFirstRow();
    const before = await rep.field('name').getAttribute('data-value');
    await rep.fill('name', 'Éclairage de la halle, deuxième tranche');
    await page.waitForTimeout(1500);
    await page.reload();
    await expect(rep.field('name')).toHaveAttribute('data-value', 'Éclairage de la halle, deuxième tranche');
    await rep.expectPending(0);
    await rep.command('discard-draft').click();
    await expect(rep.field('name')).toHaveAttribute('data-value', before!);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
