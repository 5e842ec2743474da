// SQLite-WASM with the pool of OPFS files, the fastest of its storages; one table, one index, FTS5 over the names.
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
        closes text, step text, document text) without rowid;
      create index if not exists by_owner on opportunity (state, owner, closes desc);
      create virtual table if not exists names using fts5 (name, id unindexed, prefix = '2 3 4');`);
  },
  ingest(texts) {
    const insert = database.prepare('insert or replace into opportunity values (?, ?, ?, ?, ?, ?, ?, ?)');
    const name = database.prepare('insert into names values (?, ?)');
    for (const text of texts) {
      database.exec('begin');
      for (const row of JSON.parse(text).value) {
        insert.bind([row.opportunityid, row.name, row.statecode, row._ownerid_value, row.estimatedvalue,
          row.estimatedclosedate, row.stepname, JSON.stringify(row)]).stepReset();
        name.bind([row.name, row.opportunityid]).stepReset();
      }
      database.exec('commit');
    }
    insert.finalize();
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
  update(id, value) {
    const sql = "update opportunity set value = ?, document = json_set(document, '$.estimatedvalue', ?) where id = ?";
    database.exec({ sql, bind: [value, value, id] });
  },
};

serve(jobs);
