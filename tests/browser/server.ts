// Starts, kills and restarts the real server in release, on a port and data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export class Server {
  private process?: ChildProcess;

  private constructor(
    private readonly port: number,
    private readonly data: string,
    private readonly demo: string,
  ) {}

  /** A server with a demo company made for this test alone. */
  static async start(demo = 'small'): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), 'valise-data-')), demo);
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts again on the same data. */
  async run(): Promise<void> {
    const { VALISE_SERVER, VALISE_APP } = process.env;
    if (!VALISE_SERVER || !VALISE_APP) throw new Error('start the browser tests with `cargo xtask test browser`');
    const words = ['--app', VALISE_APP, '--port', String(this.port), '--data', this.data, '--demo', this.demo];
    const child = spawn(VALISE_SERVER, words, { stdio: ['ignore', 'pipe', 'inherit'], env: { RUST_LOG: 'warn', ...process.env } });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      child.stdout!.on('data', (bytes) => {
        output += bytes;
        if (output.includes('ready: ')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready: ${output}`)));
    });
  }

  /** As a power cut would: no clean-up, no goodbye. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}
