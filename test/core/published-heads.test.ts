import { expect, it } from 'vitest';
import { nextCheckpoint } from '../../src/core/checkpoint.ts';
import { sha256 } from '../../src/core/json.ts';
import { headLine, readPublishedHeads } from '../../src/core/published-heads.ts';

const first = nextCheckpoint(null, {
  at: '2026-03-14T02:07:00.000Z',
  position: 2,
  heads: [{ stream: 'INC-2026-001', seq: 2, hash: sha256('e') }],
  tombstones: [],
});
const second = nextCheckpoint(first, {
  at: '2026-03-14T03:07:00.000Z',
  position: 3,
  heads: [],
  tombstones: [],
});

it('reads back what is written, whole', () => {
  expect(readPublishedHeads(headLine(first) + headLine(second))).toEqual({
    heads: [
      { hash: first.hash, checkpoint: first },
      { hash: second.hash, checkpoint: second },
    ],
    leftOut: [],
  });
});

it('leaves half a line out, says which, and reads on', () => {
  const torn = headLine(first).slice(0, -20);
  expect(readPublishedHeads(`${headLine(first)}${torn}\n${headLine(second)}`)).toEqual({
    heads: [
      { hash: first.hash, checkpoint: first },
      { hash: second.hash, checkpoint: second },
    ],
    leftOut: [2],
  });
});

it('finds heads in lines of the log and in text that quotes them', () => {
  const log = JSON.stringify({ level: 30, n: 1, hash: first.hash, msg: 'ledger.head' });
  const other = JSON.stringify({ level: 30, stream: 'INC-2026-001', msg: 'event' });
  expect(readPublishedHeads(`${log}\n${other}\nLedger head ${second.hash} (checkpoint 2)\n`).heads).toEqual([
    { hash: first.hash, checkpoint: null },
    { hash: second.hash, checkpoint: null },
  ]);
});

it('takes a line whose parts are not those of a checkpoint for its hash alone', () => {
  const line = JSON.stringify({ ...first, heads: [{ stream: 7 }] });
  expect(readPublishedHeads(line).heads).toEqual([{ hash: first.hash, checkpoint: null }]);
  expect(readPublishedHeads('{"hash":"sha256:1"}\n[]\n\n').heads).toEqual([]);
});
