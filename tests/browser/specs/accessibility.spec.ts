// What axe finds against WCAG 2.2 AA, on every screen and its main states, on a phone: nothing.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SIZES = { phone: { width: 390, height: 844 } };

/** Gathers what is found, state by state, so that one run tells everything. */
class Inspector {
  private readonly found: string[] = [];

  constructor(
    private readonly page: Page,
    private readonly place: string,
  ) {}

  async look(state: string): Promise<void> {
    // Colours that are on their way are no colours of the design, and axe takes longer than a button needs to change.
    await this.page.emulateMedia({ reducedMotion: 'reduce' });
    await this.page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished.catch(() => undefined))));
    const { violations } = await new AxeBuilder({ page: this.page }).withTags(TAGS).analyze();
    for (const { id, nodes } of violations) for (const { html, failureSummary } of nodes) this.found.push(`${state}: ${id}: ${html.slice(0, 300)}: ${failureSummary}`);
    const small = await this.page.evaluate(smallTargets);
    if (this.place.startsWith('phone')) for (const one of small) this.found.push(`${state}: smaller than a finger: ${one}`);
    const excess = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (excess > 0) this.found.push(`${state}: sticks out by ${excess} px`);
    if (process.env.VALISE_SHOTS) await this.page.screenshot({ path: `${process.env.VALISE_SHOTS}/${this.place}-${state}.png`, fullPage: true });
  }

  expectNothing(): void {
    expect(this.found).toEqual([]);
  }
}

/** What is to be touched and is less than 44 px high or wide, with its label where that takes the touch, too. */
function smallTargets(): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary, [role="option"], [role="menuitem"]')) {
    const target = element.closest('label') ?? element;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest('[inert], .skip')) continue;
    // Links in a sentence are as high as their line, as WCAG allows.
    if (element.matches('a, input[type="file"]') && getComputedStyle(element).display === 'inline') continue;
    const { width, height } = target.getBoundingClientRect();
    // A link is as wide as its words.
    if (width > 0 && ((width < 43.5 && !element.matches('a.link')) || height < 43.5)) found.push(`${Math.round(width)}x${Math.round(height)} ${element.outerHTML.slice(0, 160)}`);
  }
  return found;
}

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(async () => {
  await server?.stop();
});

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light'] as const) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme, hasTouch: size !== 'desktop' });
      const user = 'rep-fr';

      test('sign-in, first sync, apps, lists, forms, menus and dialogs', async ({ page }) => {
        test.setTimeout(240_000);
        const rep = new Rep(page, server.url);
        const inspector = new Inspector(page, `${size}-${colorScheme}`);
        await page.goto(server.url);
        await expect(rep.screen('sign-in')).toBeVisible();
        await inspector.look('sign-in');
        await rep.enter(user);
        const plan = page.locator('dialog#carry');
        await expect(plan.locator('[data-table="account"]')).toBeVisible();
        await inspector.look('plan');
        await rep.command('cancel', plan).click();
        await expect(page.locator('[data-part="first-sync-planned"]')).toBeVisible();
        await inspector.look('plan-aside');
        await rep.command('plan-first-sync').click();
        await rep.startFirstSync();
        await inspector.look('progress');
        await expect(rep.screen('apps')).toBeVisible();
        await rep.expectSynced();
        await inspector.look('apps');
        await rep.openApp('saleshub');
        await expect(page.locator('[data-screen]').first()).toBeVisible();
        await inspector.look('landing');
        for (const table of ['account', 'opportunity', 'activitypointer']) {
          await rep.visit(`/saleshub/${table}`);
          await expect(rep.screen('view')).toBeVisible();
          await inspector.look(`list-${table}`);
        }
        await rep.visit('/saleshub/account?q=nothing%20is%20called%20so');
        await expect(rep.screen('view').locator('.empty, [data-row]').first()).toBeVisible();
        await inspector.look('list-empty');
        await rep.visit('/saleshub/account');
        await rep.rows().first().waitFor();
        await rep.screen('view').locator('button.switcher').click();
        await inspector.look('menu-views');
        await page.keyboard.press('Escape');
        await page.locator('.top-bar button[aria-haspopup]').last().click();
        await inspector.look('menu-user');
        await page.keyboard.press('Escape');
        for (const table of ['account', 'opportunity', 'lead', 'appointment']) {
          await rep.visit(`/saleshub/${table}`);
          await rep.openFirstRow();
          await inspector.look(`form-${table}`);
        }
        await rep.visit('/saleshub/contact/new');
        await expect(rep.field('lastname')).toBeVisible();
        await rep.command('save').click();
        await inspector.look('form-new-missing');
        inspector.expectNothing();
        expect(rep.defects).toEqual([]);
      });

      test('the offline page with unsent, parked and conflicting changes, and signing out', async ({ context, page }) => {
        test.setTimeout(240_000);
        const rep = new Rep(page, server.url);
        const inspector = new Inspector(page, `${size}-${colorScheme}`);
        await rep.signIn(user);
        await rep.openApp('saleshub');
        await rep.expectSynced();
        await rep.visit('/saleshub/offline');
        await expect(rep.screen('offline').locator('tr[data-table="account"]')).toBeVisible();
        await rep.expectSynced();
        await inspector.look('offline-nothing');
        await rep.visit('/saleshub/opportunity');
        const opportunity = await rep.openFirstRow();
        const office = await Api.asService(server.url);
        await context.setOffline(true);
        await rep.fill('estimatedvalue', String(60_000 + (Date.now() % 1_000)));
        await rep.fill('currentsituation', `Chez le directeur ${Date.now() % 1_000}.`);
        await rep.save();
        await office.patch(`opportunities(${opportunity})`, { estimatedvalue: 70_000 + (Date.now() % 1_000), currentsituation: `Beim Vorstand ${Date.now() % 1_000}.` });
        await context.setOffline(false);
        await expect(rep.indicator).toHaveAttribute('data-state', 'attention', { timeout: 60_000 });
        await context.setOffline(true);
        await rep.visit('/saleshub/account/new');
        await rep.fill('name', 'Bergamotte & Fils, Société anonyme des Grands Moulins réunis de la Vallée de la Meuse');
        await rep.fill('telephone1', '+33 3 82 00 00 00');
        await rep.save();
        await rep.visit('/saleshub/contact/new');
        await rep.fill('lastname', 'Brahe');
        await rep.save();
        await rep.visit('/saleshub/offline');
        const screen = rep.screen('offline');
        await expect(screen.locator('[data-entry]')).toHaveCount(3);
        await expect(screen.locator('fieldset[data-column="estimatedvalue"]')).toBeVisible();
        await inspector.look('offline-conflict');
        for (const summary of await screen.locator('[data-entry] summary').all()) await summary.click();
        await inspector.look('offline-open');
        await rep.command('discard', screen.locator('[data-entry]').last()).click();
        await expect(page.locator('dialog[open]')).toBeVisible();
        await inspector.look('offline-discard');
        await rep.command('cancel', page.locator('dialog[open]')).click();
        await rep.command('choose-tables').click();
        await expect(page.locator('dialog#carry [data-table="account"]')).toBeVisible();
        await inspector.look('offline-carry');
        await rep.command('cancel', page.locator('dialog#carry')).click();
        await page.locator('.top-bar button[aria-haspopup]').last().click();
        await rep.command('sign-out').click();
        await expect(page.locator('dialog[open] [data-unsent]')).toBeVisible();
        await inspector.look('sign-out');
        inspector.expectNothing();
        expect(rep.defects).toEqual([]);
      });
    });
  }
}
