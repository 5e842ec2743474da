// One way to start Chromium for every part of the bench.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Runs `use` with a browser that starts with nothing stored, and throws its storage away afterwards. */
export async function withFreshBrowser(use, options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'valise-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || undefined,
    args: ARGUMENTS,
    ...options,
  });
  context.setDefaultTimeout(900_000);
  try {
    return await use(context);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
