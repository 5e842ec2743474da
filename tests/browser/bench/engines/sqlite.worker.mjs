// SQLite-WASM with the pool of OPFS files, the fastest of its storages; one table for each, the indexes a careful user would declare, FTS5 over the names.
import initialise from '@sqlite.org/sqlite-wasm';
import { serve } from './port.mjs';

let database;
const objects = (sql, bind) => database.selectObjects(sql, bind);
const documents = (sql, bind) => objects(sql, bind).map((row) => JSON.parse(row.document));

const jobs = {
  async open() {
    const sqlite = await initialise({ locateFile: (name) => `/${name}` });
    const pool = await sqlite.installOpfsSAHPoolVfs({ name: 'bench' });
    database = new pool.OpfsSAHPoolDb('/bench.sqlite');
    database.exec(`
      pragma journal_mode = truncate; pragma synchronous = normal; pragma cache_size = -65536;
      create table if not exists opportunity (id text primary key, name text, state integer, owner text, value real,
        closes text, step text, probability integer, rating integer, account text, contact text, document text) without rowid;
      create table if not exists account (id text primary key, name text, city text, document text) without rowid;
      create table if not exists contact (id text primary key, name text, title text, document text) without rowid;
      create index if not exists by_close on opportunity (state, closes desc, value, probability, rating, account);
      create index if not exists by_month on opportunity (owner, closes, value);
      create index if not exists by_owner on opportunity (state, owner, closes desc);
      create virtual table if not exists names using fts5 (name, id unindexed, prefix = '2 3 4');`);
  },
  ingest(texts) {
    const insert = database.prepare('insert or replace into opportunity values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const partner = { account: database.prepare('insert or replace into account values (?, ?, ?, ?)'), contact: database.prepare('insert or replace into contact values (?, ?, ?, ?)') };
    const name = database.prepare('insert into names values (?, ?)');
    for (const { table, text } of texts) {
      database.exec('begin');
      for (const row of JSON.parse(text).value) {
        if (table === 'account') partner.account.bind([row.accountid, row.name, row.address1_city, JSON.stringify(row)]).stepReset();
        if (table === 'contact') partner.contact.bind([row.contactid, row.fullname, row.jobtitle, JSON.stringify(row)]).stepReset();
        if (table !== 'opportunity') continue;
        insert.bind([row.opportunityid, row.name, row.statecode, row._ownerid_value, row.estimatedvalue,
          row.estimatedclosedate, row.stepname, row.closeprobability, row.opportunityratingcode, row._parentaccountid_value,
          row._parentcontactid_value, JSON.stringify(row)]).stepReset();
        name.bind([row.name, row.opportunityid]).stepReset();
      }
      database.exec('commit');
    }
    insert.finalize();
    partner.account.finalize();
    partner.contact.finalize();
    name.finalize();
  },
  view(owner, least) {
    const where = 'from opportunity where state = 0 and owner = ? and value > ?';
    const [{ total }] = objects(`select count(*) as total ${where}`, [owner, least]);
    return { total, rows: documents(`select document ${where} order by closes desc limit 50`, [owner, least]) };
  },
  get: (id) => documents('select document from opportunity where id = ?', [id])[0],
  search: (first, second) =>
    documents('select document from names join opportunity using (id) where names match ? limit 25', [`${first}* ${second}*`]),
  funnel: (state) => objects('select step, count(*) as count, sum(value) as sum from opportunity where state = ? group by step', [state]),
  linked(least) {
    const from = 'from opportunity o join account a on a.id = o.account';
    const where = 'where o.state = 0 and o.value > ? and o.probability >= 20 and o.rating in (1, 2)';
    const [{ total }] = objects(`select count(*) as total ${from} ${where}`, [least]);
    const sql = `select o.name, o.closes, a.name, a.city, c.name, c.title ${from} left join contact c on c.id = o.contact ${where} order by o.closes desc, o.id limit 50`;
    return { total, rows: database.selectArrays(sql, [least]) };
  },
  months: () =>
    database.selectArrays('select owner, cast(substr(closes, 6, 2) as integer) as month, count(*), sum(value) from opportunity group by owner, month'),
  // Names stay as they are, so that their index does.
  change({ text }) {
    const set = 'state = ?, owner = ?, value = ?, closes = ?, step = ?, probability = ?, rating = ?, account = ?, contact = ?, document = ?';
    const statement = database.prepare(`update opportunity set ${set} where id = ?`);
    database.exec('begin');
    for (const row of JSON.parse(text).value) {
      statement.bind([row.statecode, row._ownerid_value, row.estimatedvalue, row.estimatedclosedate, row.stepname, row.closeprobability,
        row.opportunityratingcode, row._parentaccountid_value, row._parentcontactid_value, JSON.stringify(row), row.opportunityid]).stepReset();
    }
    database.exec('commit');
    statement.finalize();
  },
  update(id, value) {
    const sql = "update opportunity set value = ?, document = json_set(document, '$.estimatedvalue', ?) where id = ?";
    database.exec({ sql, bind: [value, value, id] });
  },
};

serve(jobs);
