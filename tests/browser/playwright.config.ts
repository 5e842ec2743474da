import { defineConfig } from '@playwright/test';

// The machine's Chromium where xtask found one, else Playwright's own.
const executablePath = process.env.CHROMIUM || undefined;

export default defineConfig({
  testDir: 'specs',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: true,
  retries: 0,
  reporter: 'list',
  outputDir: '../../target/playwright',
  use: {
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
  },
});
