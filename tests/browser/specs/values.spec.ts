// What a rep types, in the notation of their own place whatever the browser's language is.
import { expect, test } from '@playwright/test';
import { Rep } from '../rep';
import { Server } from '../server';

const USERS = [
  {
    name: 'rep-de',
    amount: ['1.234,565', '1234.57', '1.234,57'],
    date: ['1. März 2028', '2028-03-01', '01.03.2028'],
    moment: ['24.11.2027 um 9 Uhr 30', '2027-11-24T08:30:00Z', '24.11.2027', '09:30'],
    time: ['17.05', '2027-11-24T16:05:00Z'],
  },
  {
    name: 'rep-fr',
    amount: ['1 234,565 €', '1234.57', '1\u202f234,57'],
    date: ['1er mars 2028', '2028-03-01', '01/03/2028'],
    moment: ['24 nov. 2027 9h30', '2027-11-24T08:30:00Z', '24/11/2027', '09:30'],
    time: ['17h05', '2027-11-24T16:05:00Z'],
  },
];

for (const user of USERS) {
  test(`${user.name} types amounts, dates and times`, async ({ page }) => {
    const server = await Server.start();
    try {
      const rep = new Rep(page, server.url);
      await rep.signIn(user.name);
      await rep.openApp('saleshub');
      await rep.expectSynced();

      await rep.visit('/saleshub/opportunity/new');
      await rep.expectSynced();
      await rep.fill('name', '50 chairs');
      for (const [column, [typed, value, shown]] of [['budgetamount', user.amount], ['estimatedclosedate', user.date]] as const) {
        await rep.fill(column, typed);
        await expect(rep.field(column)).toHaveAttribute('data-value', value);
        await expect(rep.input(column)).toHaveValue(shown);
      }
      await rep.fill('estimatedclosedate', 'someday');
      await expect(rep.field('estimatedclosedate').locator('.field-problem')).toBeVisible();
      await expect(rep.field('estimatedclosedate')).toHaveAttribute('data-value', '2028-03-01');
      await expect(rep.input('estimatedclosedate')).toHaveValue('someday');
      await rep.fill('estimatedclosedate', '2028-03-02');
      await expect(rep.field('estimatedclosedate').locator('.field-problem')).toHaveCount(0);

      await rep.visit('/saleshub/appointment/new');
      await rep.expectSynced();
      const [typed, value, date, time] = user.moment;
      await rep.fill('scheduledstart', typed);
      const start = rep.field('scheduledstart');
      await expect(start).toHaveAttribute('data-value', value);
      await expect(rep.input('scheduledstart')).toHaveValue(date);
      await expect(start.locator('.time .input')).toHaveValue(time);
      await start.locator('.time .input').fill(user.time[0]);
      await start.locator('.time .input').blur();
      await expect(start).toHaveAttribute('data-value', user.time[1]);
      // What the browser's own picker hands over.
      await start.locator('input[type="date"]').evaluate((input: HTMLInputElement) => {
        input.value = '2027-12-24';
        input.dispatchEvent(new Event('change', { bubbles: true }));
      });
      const picked = user.time[1].replace('2027-11-24', '2027-12-24');
      await expect(start).toHaveAttribute('data-value', picked);
      await rep.fill('scheduledend', '2027-12-24 23:00');
      await rep.fill('subject', 'The chairs');
      await rep.save();
      await expect(start).toHaveAttribute('data-value', picked);
      expect(rep.defects).toEqual([]);
    } finally {
      await server.stop();
    }
  });
}
