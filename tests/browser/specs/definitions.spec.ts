// An administrator changes definitions while a rep has them open: nothing typed is lost, and what is new is there when wanted.
import { expect, test } from '@playwright/test';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';

/** The main form of accounts, with one cell showing another column. */
async function changeForm(office: Api, from: string, to: string): Promise<void> {
  const forms = await office.rows("systemforms?$filter=objecttypecode eq 'account' and type eq 2&$select=formid,formxml");
  const form = forms.find((form) => String(form.formxml).includes(`datafieldname="${from}"`))!;
  const formxml = String(form.formxml).replaceAll(`datafieldname="${from}"`, `datafieldname="${to}"`);
  await office.patch(`systemforms(${form.formid})`, { formxml });
}

const attributes = "EntityDefinitions(LogicalName='account')/Attributes";

async function addColumn(office: Api): Promise<void> {
  await office.post(attributes, {
    '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
    SchemaName: 'new_Color',
    MaxLength: 100,
    DisplayName: { LocalizedLabels: [{ Label: 'Colour', LanguageCode: 1033 }, { Label: 'Couleur préférée', LanguageCode: 1036 }] },
  });
}

/** The page comes to the front, as after a look at something else: the app asks for news. */
async function comeBack(rep: Rep): Promise<void> {
  await rep.page.evaluate(() => window.dispatchEvent(new Event('focus')));
}

test('an open form keeps what is typed while the form changes on the server, and takes the new one when asked to', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('account');
    const account = await rep.openFirstRow();
    await rep.fill('telephone1', '+33 1 23 45 67 89');
    const name = rep.input('name');
    const called = await name.inputValue();
    await name.focus();
    await name.press('End');
    await name.pressSequentially(' & fils');

    const office = await Api.asService(server.url);
    await addColumn(office);
    await changeForm(office, 'fax', 'new_color');
    await office.patch(`accounts(${account})`, { new_color: 'rouge' });
    await comeBack(rep);
    const notice = page.locator('[data-notice="form-changed"]');
    await expect(notice).toContainText('Ce formulaire a été mis à jour');
    await expect(name).toBeFocused();
    await expect(name).toHaveValue(`${called} & fils`);
    await expect(rep.input('telephone1')).toHaveValue('+33 1 23 45 67 89');
    await expect(rep.field('fax')).toBeVisible();

    await rep.command('take-newer-form').click();
    await expect(notice).toBeHidden();
    await expect(rep.field('fax')).toHaveCount(0);
    await expect(rep.field('new_color')).toContainText('Couleur préférée');
    await expect(rep.input('new_color')).toHaveValue('rouge', { timeout: 30_000 });
    await expect(rep.input('telephone1')).toHaveValue('+33 1 23 45 67 89');
    await rep.fill('new_color', 'bleu');
    await rep.save();
    await rep.expectSynced();
    const saved = await office.get(`accounts(${account})?$select=name,telephone1,new_color`);
    expect([saved.name, saved.telephone1, saved.new_color]).toEqual([`${called} & fils`, '+33 1 23 45 67 89', 'bleu']);
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a change of a column removed meanwhile waits, and its rest is sent', async ({ context, page }) => {
  const server = await Server.start();
  try {
    const office = await Api.asService(server.url);
    await addColumn(office);
    await changeForm(office, 'fax', 'new_color');
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('account');
    const account = await rep.openFirstRow();
    await context.setOffline(true);
    await rep.fill('new_color', 'vert');
    await rep.fill('telephone1', '+33 9 87 65 43 21');
    await rep.save();
    await rep.expectPending(1);

    await changeForm(office, 'new_color', 'fax');
    await office.remove(`${attributes}(LogicalName='new_color')`);
    await context.setOffline(false);
    await comeBack(rep);
    await expect(page.locator('[data-notice="form-changed"]')).toBeVisible();
    await rep.visit('/saleshub/offline');
    const entry = page.locator('[data-entry-state="removed"]');
    await expect(entry).toContainText('Couleur préférée');
    await expect(rep.command('discard', entry)).toBeVisible();
    await rep.command('drop-removed', entry).click();
    await rep.expectSynced();
    const saved = await office.get(`accounts(${account})?$select=telephone1`);
    expect(saved.telephone1).toBe('+33 9 87 65 43 21');
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a view that is removed gives way to the default one', async ({ page }) => {
  const server = await Server.start();
  try {
    const office = await Api.asService(server.url);
    const views = await office.rows("savedqueries?$filter=returnedtypecode eq 'account' and querytype eq 0&$select=savedqueryid,isdefault");
    const view = views.find((view) => !view.isdefault)!.savedqueryid;
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.visit(`/saleshub/account?view=${view}`);
    const title = await rep.screen('view').locator('h1').textContent();
    await office.remove(`savedqueries(${view})`);
    await comeBack(rep);
    await expect(page.locator('[data-toast="info"]').first()).toContainText('La vue affichée n’existe plus');
    await expect(rep.screen('view').locator('h1')).not.toHaveText(title!);
    await expect(rep.rows().first()).toBeVisible();
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
