import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSilences } from '../../src/prometheus/silences.ts';
import { fakeClock } from '../fake-clock.ts';
import { AT, at } from '../make.ts';

const never = new AbortController().signal;

async function startServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An Alertmanager whose list a test may change, the paths it was asked for, and what reads it. */
async function startAlertmanager(list: unknown, path = '') {
  const asked: string[] = [];
  const state = { list };
  const url = await startServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(state.list));
  });
  return { ...reading(`${url}${path}`), asked, state, url };
}

function reading(alertmanagerUrl: string | null, limits = { timeoutMs: 5_000, responseBytes: 10_000 }) {
  const clock = fakeClock(AT);
  const silences = readSilences([{ name: 'prod', alertmanagerUrl }], clock, limits);
  return { clock, of: (signal = never) => silences.of('prod', signal), silences };
}

/** As Alertmanager 0.25 answers. */
function listed(changes: object = {}) {
  return {
    id: '7d0b3a6f',
    status: { state: 'active' },
    updatedAt: '2026-03-14T02:00:00.000Z',
    comment: 'node replaced',
    createdBy: 'ada',
    startsAt: '2026-03-14T03:00:00.000+01:00',
    endsAt: at(600),
    matchers: [{ name: 'namespace', value: 'shop', isEqual: true, isRegex: false }],
    ...changes,
  };
}

describe('silences', () => {
  it('are those that are active, with who, why and until when', async () => {
    const { of, asked } = await startAlertmanager([
      listed({ id: 'old', status: { state: 'expired' } }),
      listed(),
      listed({ id: 'next', status: { state: 'pending' } }),
    ]);
    expect(await of()).toEqual([
      {
        id: '7d0b3a6f',
        matchers: [{ label: 'namespace', op: '=', value: 'shop' }],
        createdBy: 'ada',
        comment: 'node replaced',
        startsAt: '2026-03-14T02:00:00.000Z',
        endsAt: at(600),
      },
    ]);
    expect(asked).toEqual(['GET /api/v2/silences']);
  });

  it('are read below the path that the address names', async () => {
    const { of, asked } = await startAlertmanager([], '/alertmanager/');
    expect(await of()).toEqual([]);
    expect(asked).toEqual(['GET /alertmanager/api/v2/silences']);
  });

  it('have all four kinds of matchers; old versions leave isEqual out', async () => {
    const matcher = (isRegex: boolean, isEqual?: boolean) => ({ name: 'a', value: 'b', isRegex, isEqual });
    const matchers = [
      matcher(false, true),
      matcher(false, false),
      matcher(true, true),
      matcher(true, false),
      matcher(false),
      matcher(true),
    ];
    const { of } = await startAlertmanager([listed({ matchers })]);
    const found = await of();
    if ('fault' in found) throw new Error(found.fault);
    expect(found[0]?.matchers.map(({ op }) => op)).toEqual(['=', '!=', '=~', '!~', '=', '=~']);
  });

  it('are not asked for again for 30 seconds, but one that ends in between is gone', async () => {
    const { of, asked, clock } = await startAlertmanager([
      listed({ endsAt: at(20) }),
      listed({ id: 'long' }),
    ]);
    expect(await of()).toHaveLength(2);
    clock.advance(20_000);
    expect(await of()).toMatchObject([{ id: 'long' }]);
    clock.advance(9_999);
    await of();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await of();
    expect(asked).toHaveLength(2);
  });

  it('of a cluster without an address are none', async () => {
    const { of, silences } = reading(null);
    expect(await of()).toEqual([]);
    expect(await silences.of('other', never)).toEqual([]);
  });

  it('show no secrets in what people wrote, and stay on one line', async () => {
    const comment = 'restarted with\ntoken=ghp_0123456789abcdefghijABCDEFGHIJ456789';
    const { of } = await startAlertmanager([listed({ comment })]);
    const text = JSON.stringify(await of());
    expect(text).toContain('restarted with token');
    expect(text).not.toContain('ghp_');
  });
});

describe('what an Alertmanager does wrong', () => {
  const fault = (url: string, says: string) => ({
    fault: `The silences of prod are not known: ${url}/api/v2/silences ${says}.`,
  });

  it('is a fault that says where: it answers an error', async () => {
    const url = await startServer((_request, response) => {
      response.statusCode = 503;
      response.end('[]');
    });
    expect(await reading(url).of()).toEqual(fault(url, 'answered 503'));
  });

  it('is a fault: it sends us elsewhere, where nobody goes', async () => {
    let gone = 0;
    const elsewhere = await startServer((_request, response) => {
      gone += 1;
      response.end('[]');
    });
    const url = await startServer((_request, response) => {
      response.writeHead(302, { location: `${elsewhere}/api/v2/silences` });
      response.end();
    });
    const says = 'answered with a redirect (302), which is never followed';
    expect(await reading(url).of()).toEqual(fault(url, says));
    expect(gone).toBe(0);
  });

  it('is a fault: its answer is too large, or never ends', async () => {
    const url = await startServer((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(5_000)));
      };
      response.on('drain', more);
      more();
    });
    expect(await reading(url).of()).toEqual(fault(url, 'answered with more than 10000 bytes'));
  });

  it('is a fault: it does not answer in time, with headers or without', async () => {
    const silent = await startServer(() => {});
    const slow = await startServer((_request, response) => response.write('['));
    const limits = { timeoutMs: 60, responseBytes: 10_000 };
    for (const url of [silent, slow])
      expect(await reading(url, limits).of()).toEqual(fault(url, 'did not answer within 60 ms'));
  });

  it('is a fault: nobody is there, or it hangs up', async () => {
    const url = await startServer((request) => request.socket.destroy());
    expect(await reading(url).of()).toEqual(fault(url, 'cannot be reached: UND_ERR_SOCKET'));
    expect(await reading('http://127.0.0.1:1').of()).toEqual(
      fault('http://127.0.0.1:1', 'cannot be reached: ECONNREFUSED'),
    );
  });

  it('is a fault: it answers with something else', async () => {
    const html = await startServer((_request, response) => response.end('<html>'));
    expect(await reading(html).of()).toEqual(fault(html, 'answered with something that is not JSON'));
    const { of, url } = await startAlertmanager([listed(), listed({ matchers: [{ name: 'a' }] })]);
    const says =
      "answered with something else than silences: /1/matchers/0 must have required property 'value'";
    expect(await of()).toEqual(fault(url, says));
  });

  it('is not asked again for 30 seconds either', async () => {
    const world = await startAlertmanager('nonsense');
    expect(await world.of()).toHaveProperty('fault');
    world.state.list = [listed()];
    world.clock.advance(29_000);
    expect(await world.of()).toHaveProperty('fault');
    world.clock.advance(1_000);
    expect(await world.of()).toHaveLength(1);
    expect(world.asked).toHaveLength(2);
  });

  it('is not kept when nobody waited for the answer', async () => {
    const stop = new AbortController();
    let asked = 0;
    const url = await startServer((_request, response) => {
      asked += 1;
      if (asked === 1) stop.abort();
      else response.end(JSON.stringify([listed()]));
    });
    const { of } = reading(url);
    expect(await of(stop.signal)).toEqual(fault(url, 'was not waited for'));
    expect(await of()).toHaveLength(1);
  });

  it('never shows a password that somebody put into the address', async () => {
    const found = JSON.stringify(await reading('http://ada:hunter2@127.0.0.1:1').of());
    expect(found).toContain('is not an address without user and password');
    expect(found).not.toContain('hunter2');
  });
});
