// Several tabs of one org on one device: one works on the database, all work.
import { expect, test, type Page } from '@playwright/test';
import { Api } from '../api';
import { Rep } from '../rep';
import { Server } from '../server';
import { another, ends, freeze, resume, roles } from '../tabs';

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(async () => {
  await server.stop();
});

async function signedIn(page: Page): Promise<Rep> {
  const rep = new Rep(page, server.url);
  await rep.signIn('rep-fr');
  await rep.openApp('saleshub');
  await rep.expectSynced();
  return rep;
}

/** The rep's opportunities, for each test another one. */
async function opportunity(rep: Rep, place: number): Promise<string> {
  await rep.visit('/saleshub/opportunity');
  await expect(rep.rows().nth(place)).toBeVisible();
  return (await rep.rows().nth(place).getAttribute('data-row'))!;
}

const name = (of: string) => `${of} ${Date.now() % 1_000_000}`;

test('what one tab saves is in the list and on the open form of the others, whoever leads', async ({ context, page }) => {
  const first = await signedIn(page);
  const id = await opportunity(first, 0);
  const path = `/saleshub/opportunity/${id}`;
  await first.visit(path);
  const second = await another(context, server.url, '/saleshub/opportunity');
  const third = await another(context, server.url, path);
  await roles([first, second, third]);
  for (const [writer, readers] of [[first, [third]], [third, [first]]] as const) {
    const words = name('Halle');
    await writer.fill('name', words);
    await writer.save();
    await expect(second.row(id)).toContainText(words);
    for (const reader of readers) await expect(reader.field('name')).toHaveAttribute('data-value', words);
  }
  // What is being typed stays, the rest of the form is refreshed under it.
  await third.fill('description', 'noch nicht fertig');
  const words = name('Dach');
  await first.fill('name', words);
  await first.save();
  await expect(third.field('name')).toHaveAttribute('data-value', words);
  await expect(third.field('description')).toHaveAttribute('data-value', 'noch nicht fertig');
  for (const rep of [first, second, third]) await rep.expectSynced();
  const office = await Api.asService(server.url);
  expect(await office.get(`opportunities(${id})?$select=name`)).toMatchObject({ name: words });
  for (const rep of [first, second, third]) expect(rep.defects).toEqual([]);
});

for (const [place, [way, end]] of Object.entries(ends).entries()) {
  test(`the leading tab ${way} while another one saves: nothing is lost, nothing doubled`, async ({ context, page }) => {
    const first = await signedIn(page);
    const id = await opportunity(first, place + 1);
    const path = `/saleshub/opportunity/${id}`;
    const reps = [first, await another(context, server.url, path), await another(context, server.url, path)];
    for (const rep of reps) await rep.visit(path);
    const { leader, followers } = await roles(reps);
    const [writer, reader] = followers;
    await context.setOffline(true);
    const words = name('Nachfolge');
    await writer.fill('name', words);
    const begun = Date.now();
    await Promise.all([end(leader.page), writer.command('save').click()]);
    await expect(writer.page.locator('[data-toast="success"]').first()).toBeVisible({ timeout: 10_000 });
    console.log(`the leading tab ${way}: saved after ${Date.now() - begun} ms`);
    await writer.expectPending(1);
    await expect(reader.field('name')).toHaveAttribute('data-value', words);
    await reader.expectPending(1);
    if (!way.startsWith('loses')) {
      const next = await roles(followers);
      expect(followers).toContain(next.leader);
    }
    // A tab that crashed stays on screen, and answers nothing.
    if (way === 'crashes') await leader.page.close();
    await context.setOffline(false);
    await writer.expectSynced();
    await reader.expectSynced();
    const office = await Api.asService(server.url);
    expect(await office.get(`opportunities(${id})?$select=name`)).toMatchObject({ name: words });
    for (const rep of followers) expect(rep.defects).toEqual([]);
  });
}

test('a tab that was frozen finds its way back', async ({ context, page }) => {
  const first = await signedIn(page);
  const id = await opportunity(first, 6);
  const path = `/saleshub/opportunity/${id}`;
  const second = await another(context, server.url, path);
  await first.visit(path);
  const { leader, followers } = await roles([first, second]);
  const [other] = followers;
  await freeze(leader.page);
  const words = name('Tiefkühl');
  await other.fill('name', words);
  await other.save();
  await resume(leader.page);
  await expect(leader.field('name')).toHaveAttribute('data-value', words);
  const more = name('Aufgetaut');
  await leader.fill('name', more);
  await leader.save();
  await expect(other.field('name')).toHaveAttribute('data-value', more);
  await other.expectSynced();
  for (const rep of [leader, other]) expect(rep.defects).toEqual([]);
});

test('two tabs that edit the same row keep a draft each, and what a closed tab left is found', async ({ context, page }) => {
  const accept = (rep: Rep) => rep.page.on('dialog', (dialog) => dialog.accept());
  const first = await signedIn(page);
  const id = await opportunity(first, 7);
  const path = `/saleshub/opportunity/${id}`;
  await first.visit(path);
  const second = await another(context, server.url, path);
  [first, second].forEach(accept);
  await first.fill('description', 'vom ersten');
  await second.fill('description', 'vom zweiten');
  await page.waitForTimeout(1500);
  await Promise.all([first.page.reload(), second.page.reload()]);
  await expect(first.field('description')).toHaveAttribute('data-value', 'vom ersten');
  await expect(second.field('description')).toHaveAttribute('data-value', 'vom zweiten');
  await second.page.close();
  await first.command('discard-draft').click();
  await expect(first.field('description')).not.toHaveAttribute('data-value', 'vom ersten');
  const third = await another(context, server.url, path);
  await expect(third.field('description')).toHaveAttribute('data-value', 'vom zweiten');
  for (const rep of [first, third]) expect(rep.defects).toEqual([]);
});

test('a sign-out is one of all tabs, and so is a sign-in', async ({ context, page }) => {
  const first = await signedIn(page);
  const second = await another(context, server.url, '/saleshub/opportunity');
  await roles([first, second]);
  await second.page.locator('button:has(.avatar)').click();
  await second.command('sign-out').click();
  for (const rep of [first, second]) await expect(rep.command('sign-in')).toBeVisible();
  await second.signIn('rep-fr');
  await expect(first.command('sign-in')).toBeHidden();
  for (const rep of [first, second]) await rep.expectSynced();
  for (const rep of [first, second]) expect(rep.defects).toEqual([]);
});

test('tabs of an older build are told to reload when a newer one works on the database', async ({ context, page }) => {
  const first = await signedIn(page);
  const second = await another(context, server.url, '/saleshub/opportunity');
  await roles([first, second]);
  const newer = await context.newPage();
  await newer.goto(`${server.url}/icons/valise.svg`);
  await newer.evaluate(() => {
    const channel = new BroadcastChannel('valise');
    const lead = () => channel.postMessage({ wire: 'a newer one', from: 'newer.1', leads: true });
    channel.onmessage = lead;
    navigator.locks.request('valise', { steal: true }, () => new Promise(() => lead())).catch(() => undefined);
  });
  for (const rep of [first, second]) {
    await expect(rep.page.getByRole('alert')).toBeVisible();
    await expect(rep.screen('view')).toBeHidden();
  }
});
