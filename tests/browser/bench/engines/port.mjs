// Calls an engine in a worker as if it were here, and the other side of that.

const JOBS = ['open', 'ingest', 'view', 'get', 'search', 'funnel', 'linked', 'months', 'update', 'change', 'prepare', 'parse', 'memory'];

export function connect(address) {
  const worker = new Worker(address, { type: 'module' });
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: { number, answer, error } }) => {
    const { resolve, reject } = waiting.get(number);
    waiting.delete(number);
    if (error) reject(new Error(error));
    else resolve(answer);
  };
  const call = (job) => (...parameters) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ number: last, job, parameters });
    });
  return Object.fromEntries(JOBS.map((job) => [job, call(job)]));
}

export function serve(jobs) {
  self.onmessage = async ({ data: { number, job, parameters } }) => {
    try {
      self.postMessage({ number, answer: await jobs[job](...parameters) });
    } catch (error) {
      self.postMessage({ number, error: String(error?.stack ?? error) });
    }
  };
}
