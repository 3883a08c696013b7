import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { eventHash, firstBrokenLink, type Link, payloadHash } from '../../src/core/chain.ts';
import { type Checkpoint, firstBrokenCheckpoint, nextCheckpoint } from '../../src/core/checkpoint.ts';
import { sha256 } from '../../src/core/json.ts';

function chain(payloads: readonly string[], stream = 'INC-2026-001'): Link[] {
  let prev: string | null = null;
  return payloads.map((payload, index) => {
    const salt = `salt${index}`;
    const header = {
      id: `e${index + 1}`,
      stream,
      seq: index + 1,
      type: 'note.added',
      v: 1,
      recordedAt: '2026-03-01T02:00:00.000Z',
      occurredAt: '2026-03-01T02:00:00.000Z',
      actor: FIRSTMATE,
      cause: null,
    };
    const ofPayload = payloadHash(salt, payload);
    prev = eventHash(prev, header, ofPayload);
    return { ...header, secret: { salt, payload }, payloadHash: ofPayload, hash: prev };
  });
}

describe('the chain of a stream', () => {
  const links = chain(['{"a":1}', '{"a":2}', '{"a":3}']);
  const changed = (seq: number, change: Partial<Link>): Link[] =>
    links.map((link) => (link.seq === seq ? { ...link, ...change } : link));

  it('has the form that anybody can recompute: canonical JSON, sha256', () => {
    const header =
      '"actor":{"kind":"firstmate"},"cause":null,"id":"e1","occurredAt":"2026-03-01T02:00:00.000Z",' +
      `"payload":"${sha256('salt0{"a":1}')}","prev":null,"recordedAt":"2026-03-01T02:00:00.000Z",` +
      '"seq":1,"stream":"INC-2026-001","type":"note.added","v":1';
    expect(links[0]?.hash).toBe(sha256(`{${header}}`));
  });

  it('holds when nothing was changed', () => {
    expect(firstBrokenLink(links)).toBeNull();
    expect(firstBrokenLink([])).toBeNull();
  });

  it('still holds when payloads were erased', () => {
    expect(firstBrokenLink(changed(2, { secret: null }))).toBeNull();
  });

  it.each<[string, Partial<Link>]>([
    ['payload', { secret: { salt: 'salt1', payload: '{"a":9}' } }],
    ['salt', { secret: { salt: 'other', payload: '{"a":2}' } }],
    ['hash of an erased payload', { secret: null, payloadHash: sha256('x') }],
    ['id', { id: 'e9' }],
    ['type', { type: 'plan.approved' }],
    ['version', { v: 2 }],
    ['time of recording', { recordedAt: '2026-03-01T02:00:00.001Z' }],
    ['time of happening', { occurredAt: '2026-03-01T02:00:00.001Z' }],
    ['actor', { actor: { kind: 'operator', name: 'root' } }],
    ['cause', { cause: { event: 'e1' } }],
    ['stream', { stream: 'INC-2026-002' }],
    ['hash', { hash: sha256('x') }],
  ])('breaks at the event whose %s was changed', (_what, change) => {
    expect(firstBrokenLink(changed(2, change))).toMatchObject({ seq: 2 });
  });

  it('breaks where events changed places, where one is missing and where one came between', () => {
    const [first, second, third] = links;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three links');
    const swapped = [first, { ...third, seq: 2 }, { ...second, seq: 3 }];
    expect(firstBrokenLink(swapped)).toMatchObject({ seq: 2 });
    expect(firstBrokenLink([first, third])).toMatchObject({
      seq: 3,
      says: expect.stringContaining('missing'),
    });
    expect(firstBrokenLink([second, third])).toMatchObject({ seq: 2 });
    expect(firstBrokenLink([first, second, { ...second, seq: 3 }, third])).toMatchObject({ seq: 3 });
  });
});

describe('the checkpoints', () => {
  const a = chain(['1', '2'], 'INC-2026-001');
  const b = chain(['3'], 'INC-2026-002');
  const head = (links: readonly Link[], seq: number) => {
    const link = links[seq - 1];
    if (link === undefined) throw new Error('no such link');
    return { stream: link.stream, seq, hash: link.hash };
  };
  const first = nextCheckpoint(null, {
    at: 't1',
    position: 2,
    heads: [head(a, 1), head(b, 1)],
    tombstones: [],
  });
  const second = nextCheckpoint(first, { at: 't2', position: 3, heads: [head(a, 2)], tombstones: [] });
  const timelineOf = (...streams: readonly (readonly Link[])[]) => {
    const links = streams.flat();
    return {
      lastSeq: new Map(links.map((link) => [link.stream, link.seq])),
      hashAt: (stream: string, seq: number) =>
        links.find((link) => link.stream === stream && link.seq === seq)?.hash ?? null,
    };
  };
  const broken = (
    checkpoints: readonly Checkpoint[],
    timeline = timelineOf(a, b),
    published: string | null = null,
  ) =>
    firstBrokenCheckpoint(
      checkpoints,
      timeline,
      published === null ? [] : [{ hash: published, checkpoint: null }],
    );

  it('hold for the timeline that they were made of, and for one that grew since', () => {
    expect(broken([first, second])).toBeNull();
    expect(broken([first])).toBeNull();
    expect(broken([first, second], timelineOf(a, b), first.hash)).toBeNull();
    expect(broken([], timelineOf())).toBeNull();
  });

  it('find a cut tail, a vanished incident and a rewritten one', () => {
    expect(broken([first, second], timelineOf(a.slice(0, 1), b))).toEqual({
      stream: 'INC-2026-001',
      seq: 2,
      says: expect.stringContaining('tail was cut'),
    });
    expect(broken([first, second], timelineOf(a))).toMatchObject({
      stream: 'INC-2026-002',
      says: expect.stringContaining('vanished'),
    });
    expect(broken([first, second], timelineOf(chain(['1', 'other']), b))).toMatchObject({
      seq: 2,
      says: expect.stringContaining('rewritten'),
    });
  });

  it('find a checkpoint that was changed or taken out', () => {
    expect(broken([{ ...first, heads: [] }, second])?.says).toContain('checkpoint 1');
    expect(broken([first, { ...second, at: 't3' }])?.says).toContain('checkpoint 2');
    expect(broken([first, { ...second, position: 9 }])?.says).toContain('checkpoint 2');
    expect(broken([second])?.says).toContain('checkpoint 1 is missing');
    const third = nextCheckpoint(second, { at: 't3', position: 4, heads: [], tombstones: [] });
    expect(broken([first, third])?.says).toContain('checkpoint 2 is missing');
  });

  it('find, with the published head, what was cut off together with its checkpoints', () => {
    const rewritten = nextCheckpoint(null, { at: 't1', position: 1, heads: [head(a, 1)], tombstones: [] });
    expect(broken([rewritten], timelineOf(a.slice(0, 1)))).toBeNull();
    expect(broken([rewritten], timelineOf(a.slice(0, 1)), second.hash)?.says).toContain('published head');
    expect(broken([first], timelineOf(a.slice(0, 1), b), second.hash)?.says).toContain('published head');
    expect(broken([], timelineOf(), first.hash)?.says).toContain('published head');
  });

  it('name what a published checkpoint knew and the timeline has lost, though ours were made anew', () => {
    const published = [first, second].map((checkpoint) => ({ hash: checkpoint.hash, checkpoint }));
    const anew = (...links: readonly (readonly Link[])[]) => {
      const heads = links.flatMap((stream) => (stream.length === 0 ? [] : [head(stream, stream.length)]));
      return nextCheckpoint(null, { at: 't9', position: 9, heads, tombstones: [] });
    };
    expect(
      firstBrokenCheckpoint([anew(a.slice(0, 1), b)], timelineOf(a.slice(0, 1), b), published.slice(1)),
    ).toEqual({
      stream: 'INC-2026-001',
      seq: 2,
      says: expect.stringMatching(/tail was cut: the published checkpoint 2 knows event 2/),
    });
    expect(firstBrokenCheckpoint([anew(a)], timelineOf(a), published)).toMatchObject({
      stream: 'INC-2026-002',
      says: expect.stringContaining('vanished'),
    });
    expect(firstBrokenCheckpoint([first, second], timelineOf(a, b), published)).toBeNull();
  });

  it('do not believe a published checkpoint that was changed', () => {
    const changed = { hash: first.hash, checkpoint: { ...first, heads: [] } };
    expect(firstBrokenCheckpoint([first], timelineOf(a, b), [changed])?.says).toContain(
      'the copy was changed',
    );
  });

  it('let an incident go that has a tombstone, and only then', () => {
    const grave = nextCheckpoint(second, { at: 't3', position: 3, heads: [], tombstones: [head(b, 1)] });
    expect(broken([first, second, grave], timelineOf(a))).toBeNull();
    expect(broken([first, second, grave], timelineOf(a, b))?.says).toContain('deleted');
  });
});
