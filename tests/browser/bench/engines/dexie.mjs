// Dexie: one object per row, the indexes a careful user would declare.
import Dexie from 'dexie';

let database;
const wordsOf = (name) => [...new Set(name.toLowerCase().split(' '))];

export async function open() {
  database = new Dexie('bench');
  database.version(1).stores({ rows: 'opportunityid, [statecode+_ownerid_value], statecode, *words' });
  await database.open();
}

export async function ingest(texts) {
  for (const text of texts) {
    const rows = JSON.parse(text).value;
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

export const update = (id, value) => database.rows.update(id, { estimatedvalue: value });
