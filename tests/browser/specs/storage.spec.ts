// What stands between the app and its database: told in the user's language, with a way out.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { Server } from '../server';

const LANGUAGES = { en: 'en-GB', fr: 'fr-FR', de: 'de-DE' };

const words = async (language: string): Promise<Record<string, string>> =>
  JSON.parse(await readFile(new URL(`../../../www/locales/${language}.json`, import.meta.url), 'utf8'));

/** A page of the same site that is not the app. */
async function beside(context: BrowserContext, server: Server): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.url}/manifest.webmanifest`);
  return page;
}

type Obstacle = { title: string; body: string; command: string; prepare: (page: Page) => Promise<unknown> };

const obstacles: Record<string, Obstacle> = {
  'a database of a newer version': {
    title: 'broken.newer',
    body: 'failure.storage-newer',
    command: 'update',
    prepare: (page) =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            const request = indexedDB.open('valise', 99);
            request.onupgradeneeded = () => request.result.createObjectStore('of tomorrow');
            request.onsuccess = () => resolve(request.result.close());
          }),
      ),
  },
};

for (const [name, { title, body, command, prepare }] of Object.entries(obstacles)) {
  test(`${name} is told in every language, with a way out`, async ({ browser }: { browser: Browser }) => {
    const server = await Server.start('none');
    try {
      const look = async ([language, locale]: [string, string]): Promise<void> => {
        const context = await browser.newContext({ locale });
        const other = await beside(context, server);
        await prepare(other);
        const page = await context.newPage();
        await page.goto(server.url);
        const screen = page.locator('[data-screen="broken"]');
        await expect(screen).toBeVisible({ timeout: 40_000 });
        const texts = await words(language);
        await expect(screen).toContainText(texts[title]!);
        await expect(screen).toContainText(texts[body]!);
        await expect(screen.locator(`[data-command="${command}"]`)).toBeEnabled();
        await context.close();
      };
      await Promise.all(Object.entries(LANGUAGES).map(look));
    } finally {
      await server.stop();
    }
  });
}
