// Every screen on a phone, a tablet and a desktop, in three languages: it opens, shows rows, and nothing sticks out.
import { expect, test } from '@playwright/test';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';

const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 } };
const USERS = { phone: 'rep-fr', tablet: 'rep-de', desktop: 'manager' } as const;
const TABLES = ['account', 'contact', 'lead', 'opportunity', 'task', 'appointment', 'phonecall', 'systemuser', 'team', 'businessunit', 'transactioncurrency'];

for (const [size, viewport] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ viewport, hasTouch: size !== 'desktop' });

    test('every screen opens and nothing sticks out', async ({ page }) => {
      const server = await Server.start();
      try {
        const rep = new Rep(page, server.url);
        await rep.signIn(USERS[size as keyof typeof USERS]);
        await rep.openApp('saleshub');
        await rep.expectSynced();
        const expectTidy = async (what: string) => {
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(excess, `${what} is wider than the screen`).toBeLessThanOrEqual(0);
        };
        for (const table of TABLES) {
          await rep.visit(`/saleshub/${table}`);
          await expect(rep.screen('view')).toBeVisible();
          await expectTidy(`the view of ${table}`);
        }
        for (const table of ['account', 'contact', 'lead', 'opportunity', 'appointment']) {
          await rep.visit(`/saleshub/${table}/new`);
          await expect(rep.screen('form').locator('[data-column]').first()).toBeVisible();
          await expectTidy(`a new ${table}`);
        }
        await rep.visit('/saleshub/systemuser');
        await rep.openFirstRow();
        await expectTidy('the form of a user');
        await rep.visit('/saleshub/offline');
        await expect(rep.screen('offline').locator('tr[data-table="systemuser"]')).toHaveAttribute('data-value', '14');
        await expectTidy('the offline page');
        expect(rep.defects).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  });
}

test('a wrong password is refused in words and lets the user try again', async ({ page }) => {
  const server = await Server.start();
  try {
    await page.goto(server.url);
    await page.locator('[data-command="sign-in"]').click();
    await page.locator('input[type="text"]').fill('rep-fr');
    await page.locator('input[type="password"]').fill('wrong');
    await page.locator('button[type="submit"]').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.locator('input[type="text"]').fill('rep-fr');
    await page.locator('input[type="password"]').fill('demo');
    await page.locator('button[type="submit"]').click();
    await expect(page.locator('[data-screen="apps"]')).toBeVisible();
  } finally {
    await server.stop();
  }
});

test('a row that was assigned to another unit leaves the device', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('rep-fr');
    await rep.openApp('saleshub');
    await rep.expectSynced();
    await rep.openTable('opportunity');
    const id = (await rep.rows().first().getAttribute('data-row'))!;
    const office = await Api.asService(server.url);
    const [other] = await office.rows("systemusers?$filter=startswith(domainname,'rep-de@')&$select=systemuserid");
    await office.patch(`opportunities(${id})`, { 'ownerid@odata.bind': `/systemusers(${other.systemuserid})` });
    await rep.visit('/saleshub/offline');
    await rep.command('sync-now').click();
    await rep.visit('/saleshub/opportunity');
    await expect(rep.rows().first()).toBeVisible();
    await expect(rep.row(id)).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test('the keys are listed on ?, / goes to the search, and a field keeps what is typed', async ({ page }) => {
  const server = await Server.start();
  try {
    const rep = new Rep(page, server.url);
    await rep.signIn('manager');
    await rep.openApp('saleshub');
    await rep.visit('/saleshub/account');
    const list = page.locator('dialog#shortcuts');
    await page.keyboard.press('?');
    await expect(list).toBeVisible();
    await expect(list.locator('kbd').first()).toHaveText('?');
    await page.keyboard.press('Escape');
    await expect(list).toBeHidden();
    const search = page.locator('#quick-find');
    await page.keyboard.press('/');
    await expect(search).toBeFocused();
    await page.keyboard.press('?');
    await expect(search).toHaveValue('?');
    await expect(list).toBeHidden();
    expect(rep.defects).toEqual([]);
  } finally {
    await server.stop();
  }
});
