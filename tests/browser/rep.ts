// A rep at a screen: the tests read like a user's day. Finds things by the `data-*` hooks, so it works in every language.
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';

export class Rep {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('pageerror', (error) => this.defects.push(`page: ${error.message}`));
    page.on('console', (message) => {
      // A request that fails because the network is gone is logged by the browser itself.
      if (message.type() === 'error' && !message.text().includes('Failed to load resource')) this.defects.push(message.text());
    });
  }

  /** Errors the browser reported; a test ends by expecting none. */
  readonly defects: string[] = [];

  async signIn(name: string, password = 'demo'): Promise<void> {
    await this.enter(name, password);
    await this.startFirstSync();
    await expect(this.screen('apps')).toBeVisible();
  }

  /** Through the sign-in page; on a new device the plan of the first sync is shown then. */
  async enter(name: string, password = 'demo'): Promise<void> {
    await this.page.goto(this.url);
    await this.page.locator('[data-command="sign-in"]').click();
    await this.page.locator('input[type="text"]').fill(name);
    await this.page.locator('input[type="password"]').fill(password);
    await this.page.locator('button[type="submit"]').click();
  }

  /** Takes what the plan says, where the device is new: it is drawn together with the indicator. */
  async startFirstSync(): Promise<void> {
    await expect(this.indicator).toBeVisible();
    const plan = this.page.locator('dialog#carry');
    if ((await plan.count()) === 0) return;
    await plan.locator('[data-command="start-first-sync"]').click();
    await expect(plan).toBeHidden();
  }

  screen(name: string): Locator {
    return this.page.locator(`[data-screen="${name}"]`);
  }

  async openApp(name: string): Promise<void> {
    await this.screen('apps').locator(`a[href="/${name}"]`).click();
    await expect(this.page.locator('html')).toHaveAttribute('data-ready', /.*/);
  }

  /** Through the site map, opening it first where it is a drawer. */
  async openTable(table: string): Promise<void> {
    const entry = this.page.locator(`nav a[href*="/${table}"]`).first();
    const isShown = await entry.isVisible();
    if (!isShown) await this.page.locator('[aria-controls="site-map"]').click();
    await entry.click();
    await expect(this.screen('view')).toBeVisible();
    await expect(this.rows().first()).toBeVisible();
  }

  /** From where the app already is, by address: what a bookmark does. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`);
    await expect(this.page.locator('html')).toHaveAttribute('data-ready', /.*/);
  }

  rows(): Locator {
    return this.screen('view').locator('[data-row]');
  }

  row(id: string): Locator {
    return this.page.locator(`[data-row="${id}"]`).first();
  }

  /** Opens the first row of the view and tells its id. */
  async openFirstRow(): Promise<string> {
    const row = this.rows().first();
    const id = await row.getAttribute('data-row');
    await row.locator('a').first().click();
    await expect(this.screen('form')).toBeVisible();
    return id!;
  }

  field(column: string): Locator {
    return this.screen('form').locator(`[data-column="${column}"]`).first();
  }

  /** What is typed into; a date has a second one for its time, and the browser's own pickers, which are not typed into. */
  input(column: string, within: Locator = this.screen('form')): Locator {
    return within.locator(`[data-column="${column}"]`).first().locator('input:not(.picker), textarea').first();
  }

  async fill(column: string, text: string, within: Locator = this.screen('form')): Promise<void> {
    const input = this.input(column, within);
    await input.fill(text);
    await input.blur();
  }

  /** Empties a lookup, so that another row can be looked for. */
  async clear(column: string): Promise<void> {
    await this.field(column).locator('button').first().click();
  }

  command(name: string, within: Locator | Page = this.page): Locator {
    return within.locator(`[data-command="${name}"]`).locator('visible=true').first();
  }

  async save(): Promise<void> {
    await this.command('save').click();
    await expect(this.page.locator('[data-toast="success"]').first()).toBeVisible();
  }

  /** The stages of the process the row goes through. */
  get processBar(): Locator {
    return this.screen('form').locator('[data-part="process-bar"]');
  }

  get indicator(): Locator {
    return this.page.locator('[data-state][data-pending]').first();
  }

  async expectPending(count: number): Promise<void> {
    await expect(this.indicator).toHaveAttribute('data-pending', String(count));
  }

  async expectSynced(): Promise<void> {
    await expect(this.indicator).toHaveAttribute('data-state', 'online', { timeout: 60_000 });
    await this.expectPending(0);
  }
}

/** As if the tab were closed and opened again: a new page in the same browser. */
export async function reopen(rep: Rep, context: BrowserContext, url: string): Promise<Rep> {
  await rep.page.close();
  return new Rep(await context.newPage(), url);
}
