// Opens the page that the wasm-bindgen test runner serves and prints what it prints, down to its `test result:` line.
import { chromium } from '@playwright/test';

const address = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || undefined,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
});
try {
  const page = await browser.newPage();
  const deadline = Date.now() + 120_000;
  while (!(await page.goto(address).then(() => true, () => false))) {
    if (Date.now() > deadline) throw new Error(`nothing answers at ${address}`);
    await page.waitForTimeout(200);
  }
  const output = page.locator('#output');
  await output.filter({ hasText: 'test result:' }).waitFor({ state: 'attached', timeout: 300_000 });
  const text = await output.innerText();
  process.stdout.write(`${text}\n`);
  if (!text.includes('test result: ok')) process.exitCode = 1;
} finally {
  await browser.close();
}
