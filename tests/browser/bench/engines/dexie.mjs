// Dexie: one object per row, the indexes a careful user would declare.
import Dexie from 'dexie';

let database;
const wordsOf = (name) => [...new Set(name.toLowerCase().split(' '))];

export async function open() {
  database = new Dexie('bench');
  database.version(1).stores({ rows: 'opportunityid, [statecode+_ownerid_value], statecode, *words', account: 'accountid', contact: 'contactid' });
  await database.open();
}

export async function ingest(texts) {
  for (const { table, text } of texts) {
    const rows = JSON.parse(text).value;
    if (table !== 'opportunity') {
      await database.table(table).bulkPut(rows);
      continue;
    }
    for (const row of rows) row.words = wordsOf(row.name);
    await database.rows.bulkPut(rows);
  }
}

export async function view(owner, least) {
  const found = database.rows.where('[statecode+_ownerid_value]').equals([0, owner]);
  const rows = await found.filter((row) => row.estimatedvalue > least).toArray();
  rows.sort((a, b) => b.estimatedclosedate.localeCompare(a.estimatedclosedate));
  return { total: rows.length, rows: rows.slice(0, 50) };
}

export const get = (id) => database.rows.get(id);

export function search(first, second) {
  const found = database.rows.where('words').startsWith(first).distinct();
  return found.filter((row) => row.words.some((word) => word.startsWith(second))).limit(25).toArray();
}

export async function funnel(state) {
  const groups = new Map();
  await database.rows.where('statecode').equals(state).each((row) => {
    const group = groups.get(row.stepname) ?? { count: 0, sum: 0 };
    groups.set(row.stepname, { count: group.count + 1, sum: group.sum + row.estimatedvalue });
  });
  return groups;
}

export async function linked(least) {
  const found = database.rows.where('statecode').equals(0);
  const rows = await found
    .filter((row) => row.estimatedvalue > least && row.closeprobability >= 20 && [1, 2].includes(row.opportunityratingcode))
    .toArray();
  const present = new Set(await database.account.toCollection().primaryKeys());
  const partnered = rows.filter((row) => present.has(row._parentaccountid_value));
  partnered.sort((a, b) => b.estimatedclosedate.localeCompare(a.estimatedclosedate) || a.opportunityid.localeCompare(b.opportunityid));
  const page = partnered.slice(0, 50);
  const accounts = await database.account.bulkGet(page.map((row) => row._parentaccountid_value));
  const contacts = await database.contact.bulkGet(page.map((row) => row._parentcontactid_value));
  const shown = page.map((row, index) => [row.name, row.estimatedclosedate, accounts[index].name, accounts[index].address1_city, contacts[index]?.fullname ?? '', contacts[index]?.jobtitle ?? '']);
  return { total: partnered.length, rows: shown };
}

export async function months() {
  const groups = new Map();
  await database.rows.each((row) => {
    const month = Number(row.estimatedclosedate.slice(5, 7));
    const key = `${row._ownerid_value} ${month}`;
    const group = groups.get(key) ?? [row._ownerid_value, month, 0, 0];
    group[2] += 1;
    group[3] += row.estimatedvalue;
    groups.set(key, group);
  });
  return [...groups.values()];
}

export const update = (id, value) => database.rows.update(id, { estimatedvalue: value });

export async function change({ text }) {
  const rows = JSON.parse(text).value;
  for (const row of rows) row.words = wordsOf(row.name);
  await database.rows.bulkPut(rows);
}
