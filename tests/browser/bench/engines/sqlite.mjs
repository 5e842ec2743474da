// SQLite-WASM on OPFS, in a worker; this is the page's side.
import { connect } from './port.mjs';

export const { open, ingest, view, get, search, funnel, linked, months, update, change } = connect('/sqlite.worker.js');
