import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CHROMIUM = '/usr/bin/chromium';
const missing = existsSync(CHROMIUM)
  ? ''
  : ` (skipped: there is no ${CHROMIUM} on this machine; .ci/run installs it)`;
const CHROMIUM_ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
/** `SCREENSHOT=1 npm run test:e2e -- browser` takes the README's picture anew; else the tree stays clean. */
const SCREENSHOT = process.env.SCREENSHOT === '1' ? join(ROOT, 'docs/incident-channel.png') : undefined;
/** Real processes and a real browser, on a machine that has other things to do. */
const PATIENCE_MS = 60_000;

let browser: Browser;

beforeAll(async () => {
  if (missing === '') browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
});
afterAll(async () => {
  await browser?.close();
});

/** Runs `firstmate demo` for one test; gives the address that it prints. */
async function startDemo(): Promise<string> {
  const demo = spawn(process.execPath, ['src/main.ts', 'demo', '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => end(demo));
  let said = '';
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = /^Open (http:\S+)$/m.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    };
    demo.stdout.on('data', listen);
    demo.stderr.on('data', listen);
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said.slice(-3000)}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.removeAllListeners('exit');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

type Visit = {
  readonly page: Page;
  /** Errors in the console, exceptions, refusals of the content security policy, and requests to elsewhere. */
  readonly faults: string[];
};

type VisitOptions = { scheme?: 'light' | 'dark'; width?: number; height?: number };

async function visit(url: string, options: VisitOptions = {}): Promise<Visit> {
  const { scheme = 'light', width = 1280, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(request.url());
  });
  await context.addInitScript({ path: join(ROOT, 'test/playground/page/low-contrast.js') });
  await context.addInitScript({ path: join(ROOT, 'test/playground/page/watch-page.js') });
  await page.goto(url);
  return { page, faults };
}

const be = (page: Page, name: string): Promise<void> =>
  page.locator('#people label', { hasText: name }).click();
const button = (page: Page, name: string) =>
  page.locator('#messages').getByRole('button', { name, exact: true });
const hint = (page: Page) => page.locator('#hint-text');
const confirm = (page: Page): Promise<void> => page.locator('#confirm .primary').click();

/** Breaks checkout by the page's own offer, and waits for the card. */
async function breakCheckout(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Break checkout' }).click();
  await button(page, 'Approve').waitFor();
}

describe.skipIf(missing !== '')(`The demo page in a real browser${missing}`, () => {
  test('a newcomer breaks checkout, is refused as the guest, approves as the on-call engineer, sees it heal and resolves it', async () => {
    const { page, faults } = await visit(await startDemo());
    await page.getByRole('button', { name: 'Break checkout' }).click();

    const checkout = page.locator('#workloads > .bad', { hasText: 'checkout' });
    await checkout.locator('.pod-list .bad', { hasText: '1.43.0' }).waitFor();
    expect(await page.locator('#health').textContent()).toBe('unhealthy');

    const approve = button(page, 'Approve');
    await approve.waitFor();
    expect(await page.locator('#room-name').textContent()).toMatch(/^#inc-\d{4}-001/);
    await hint(page).filter({ hasText: 'press Approve' }).waitFor();
    const place = await approve.boundingBox();
    expect(place).not.toBeNull();
    expect(place?.y).toBeGreaterThan(100);
    expect((place?.y ?? 0) + (place?.height ?? 0)).toBeLessThan(900);
    if (SCREENSHOT !== undefined) await takePicture(page, SCREENSHOT);

    await be(page, 'Gus');
    await page.getByRole('button', { name: /^Add Gus/ }).click();
    await approve.click();
    await confirm(page);
    await page.locator('.ephemeral', { hasText: 'An approval by a guest does not count' }).waitFor();

    await be(page, 'Ada');
    await page.locator('.ephemeral').waitFor({ state: 'detached' });
    await approve.click();
    await confirm(page);
    await hint(page).filter({ hasText: 'Resolve' }).waitFor();
    await page.locator('#messages', { hasText: 'It helped' }).waitFor();
    await page.locator('#health', { hasText: /^healthy$/ }).waitFor();
    expect(await page.locator('#workloads > li', { hasText: 'checkout' }).textContent()).toContain('1.42.0');

    await page.getByRole('button', { name: 'Show Resolve' }).click();
    await page.keyboard.press('Enter');
    await hint(page).filter({ hasText: 'Resolved.' }).waitFor();
    await page.getByRole('button', { name: 'Read the review' }).click();
    await page.locator('#thread', { hasText: 'INC-' }).waitFor();
    expect(await page.locator('#webhooks > li').count()).toBe(2);

    expect(await page.evaluate('refused')).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('nothing moves by itself while the messages of an incident arrive', async () => {
    const { page } = await visit(await startDemo());
    await breakCheckout(page);
    expect(await page.evaluate('messageShift()')).toBeLessThan(0.05);
  });

  test('what people and apps write is text, whatever it looks like', async () => {
    const { page, faults } = await visit(await startDemo());
    const words = '<img src=x onerror=alert(1)> & <script>alert(2)</script> *bold*';
    await page.getByLabel('Message', { exact: true }).fill(words);
    await page.keyboard.press('Enter');
    const message = page.locator('#messages .text', { hasText: 'onerror' });
    await message.waitFor();
    expect(await message.textContent()).toBe(words.replaceAll('*', ''));
    expect(await page.locator('#messages :is(img, script)').count()).toBe(0);
    expect(await message.locator('strong').textContent()).toBe('bold');
    expect(faults).toEqual([]);
  });

  test('a person can do it with the keyboard alone: dialogs take the focus, Escape leaves them, the focus comes back', async () => {
    const { page } = await visit(await startDemo());
    const active = (): Promise<unknown> =>
      page.evaluate('document.activeElement.textContent || document.activeElement.tagName');
    await page.getByRole('button', { name: 'Break checkout' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show Approve' }).focus();
    await page.keyboard.press('Enter');
    expect(await active()).toBe('Approve');
    await page.keyboard.press('Enter');
    await page.locator('#confirm[open]').waitFor();
    expect(await active()).toBe('Approve');
    await page.keyboard.press('Escape');
    await page.locator('#confirm[open]').waitFor({ state: 'hidden' });
    expect(await active()).toBe('Approve');

    await button(page, 'Details').press('Enter');
    await page.locator('#modal[open]').waitFor();
    expect(await active()).toBe('Details');
    await page.keyboard.press('Escape');
    await page.locator('#modal[open]').waitFor({ state: 'hidden' });
    expect(await active()).toBe('Details');

    await page.locator('#messages .thread-link').press('Enter');
    await page.locator('#thread-messages .message').first().waitFor();
    expect(await active()).toBe('Thread');
    await page.keyboard.press('Escape');
    expect(await page.locator('#thread').isVisible()).toBe(false);
    expect(await active()).toMatch(/repl/);

    await page
      .locator('#messages .message')
      .last()
      .getByRole('button', { name: /pushpin/ })
      .press('Enter');
    await page.locator('#messages .reaction', { hasText: '📌' }).waitFor();
  });

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 1280 },
    { scheme: 'light', width: 390 },
  ] as const)(
    'everything has a name, an order and enough contrast ($scheme, $width px)',
    async ({ scheme, width }) => {
      const { page, faults } = await visit(await startDemo(), { scheme, width });
      expect(await complaints(page)).toEqual([]);
      await breakCheckout(page);
      await page.locator('#messages .thread-link').click();
      await page.locator('#thread-messages .message').nth(1).waitFor();
      expect(await complaints(page)).toEqual([]);
      await page.locator('#thread-close').click();
      await button(page, 'Details').click();
      await page.locator('#modal[open]').waitFor();
      expect(await complaints(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});

/** The incident's channel with the card as a whole, which needs a little more room. */
async function takePicture(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 1020 });
  await page.locator('#scroll').evaluate((scroll) => scroll.scrollTo({ top: scroll.scrollHeight }));
  await page.mouse.move(0, 0);
  await page.screenshot({ path });
  await page.setViewportSize({ width: 1280, height: 900 });
}

const INTERACTIVE = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'listbox', 'radio', 'checkbox', 'switch'],
  ...['menuitem', 'tab', 'DisclosureTriangle', 'dialog', 'region', 'navigation', 'complementary'],
]);

/** What a person with a screen reader, a keyboard or weak eyes would stumble over, as Chromium computes it. */
async function complaints(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const seen = nodes.filter((node) => !node.ignored);
  const nameless = seen
    .filter(
      (node) => INTERACTIVE.has(String(node.role?.value)) && String(node.name?.value ?? '').trim() === '',
    )
    .map((node) => `a ${node.role?.value} without a name`);
  const levels = seen
    .filter((node) => node.role?.value === 'heading')
    .map((node) => Number(node.properties?.find((one) => one.name === 'level')?.value.value));
  const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 1) + 1);
  const ahead = await page.locator('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])').count();
  const dim: unknown = await page.evaluate('lowContrast()');
  return [
    ...new Set(nameless),
    ...jumps.map((level) => `a heading of level ${level} after one that is more than a level above`),
    ...(ahead === 0 ? [] : [`${ahead} elements with a positive tabindex`]),
    ...(Array.isArray(dim) ? dim : ['no contrast was computed']),
  ];
}
