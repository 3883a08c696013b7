import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/json.ts';
import { AT } from '../make.ts';
import { makeMessage } from './make.ts';
import { fault, INCIDENTS, workspace } from './workspace.ts';

const head = (n: number, after: string | null) =>
  makeMessage(
    `head:${n}`,
    { kind: 'publish_head', head: { n, at: AT, hash: sha256(`${n}`) }, after },
    { lane: 'heads', incident: null },
  );

async function posted() {
  const made = await workspace();
  const heads = () => made.slack.messages(INCIDENTS).filter(({ text }) => text.startsWith('Ledger head'));
  expect(await made.outbox.send(head(1, null), null)).toMatchObject({ status: 'sent' });
  return { ...made, heads };
}

describe("the ledger's head in the incidents channel", () => {
  it('is one pinned message, edited from then on', async () => {
    const { outbox, heads } = await posted();
    expect(heads()).toMatchObject([{ pinned: true, text: expect.stringContaining(sha256('1')) }]);
    await outbox.send(head(2, 'head:1'), null);
    await outbox.send(head(3, 'head:2'), null);
    expect(heads()).toHaveLength(1);
    expect(heads()).toMatchObject([{ pinned: true, text: expect.stringContaining(sha256('3')) }]);
    expect(JSON.stringify(heads()[0]?.blocks)).toContain(`audit verify --head ${sha256('3')}`);
  });

  it('is posted and pinned anew when somebody deleted it', async () => {
    const { outbox, heads, slack } = await posted();
    await fault(slack, { method: 'chat.update', error: 'message_not_found' });
    expect(await outbox.send(head(2, 'head:1'), null)).toMatchObject({ status: 'sent' });
    expect(heads()).toHaveLength(2);
    expect(heads()[1]).toMatchObject({ pinned: true, text: expect.stringContaining(sha256('2')) });
  });

  it('is found, and pinned, when the connection broke after the post', async () => {
    const { outbox, heads, slack } = await workspace().then((made) => ({
      ...made,
      heads: () => made.slack.messages(INCIDENTS).filter(({ text }) => text.startsWith('Ledger head')),
    }));
    await fault(slack, { method: 'chat.postMessage', reset_after_apply: true });
    expect(await outbox.send(head(1, null), null)).toMatchObject({ status: 'unknown' });
    expect(heads()).toMatchObject([{ pinned: false }]);
    expect(await outbox.find(head(1, null), null)).toMatchObject({ status: 'sent' });
    expect(heads()).toMatchObject([{ pinned: true }]);
  });

  it('waits, and posts nothing, while Slack asks to slow down', async () => {
    const { outbox, heads, slack } = await posted();
    await fault(slack, { method: 'chat.update', status: 429, retryAfter: 7 });
    expect(await outbox.send(head(2, 'head:1'), null)).toMatchObject({ status: 'later', afterMs: 7_000 });
    expect(heads()).toHaveLength(1);
  });
});
