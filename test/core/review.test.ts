import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NewEvent, TimelineEvent } from '../../src/core/events.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import { code, md } from '../../src/core/markdown.ts';
import { review } from '../../src/core/review.ts';
import { ADA, at, cleared, event, fired, healed, INC, opened, rollback, T0 } from '../store/events.ts';

function reviewOf(news: readonly NewEvent[]): string {
  const events = news.map(
    (next, index) =>
      ({ ...next, id: `e${index}`, stream: INC, seq: index + 1, recordedAt: T0 }) as TimelineEvent,
  );
  const incident = events.reduce<Incident | null>((state, next) => fold(state, next), null);
  if (incident === null) throw new Error('no events');
  return review(incident, events);
}

/** The lines under a heading. */
function section(markdown: string, heading: string): readonly string[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(`## ${heading}`);
  if (start === -1) throw new Error(`there is no section ${heading}`);
  const end = lines.findIndex((line, index) => index > start && line.startsWith('## '));
  return lines.slice(start + 1, end === -1 ? undefined : end).filter((line) => line !== '');
}

describe('the review of an incident', () => {
  const text = reviewOf(healed().slice(0, -1));

  it('says what happened, in which cluster, to which service', () => {
    expect(text.split('\n')[0]).toBe('# INC-2026-001: Rollout of checkout is stuck');
    expect(text).toContain('- **Cluster:** prod-eu');
    expect(text).toContain('- **Service:** checkout, owner payments');
    expect(section(text, 'What happened')).toContain('- Diagnosis: Release 5 of checkout does not come up');
  });

  it('measures the time to the first finding, the approval and the resolution from the opening', () => {
    expect(section(text, 'How long it took').slice(2)).toEqual([
      '| to the first finding | 5 s |',
      '| to the approval | 1 min 0 s |',
      '| to the resolution | 17 min 0 s |',
    ]);
  });

  it('lists what happened when, and who did it', () => {
    const when = section(text, 'When (UTC)');
    expect(when[2]).toContain('2026-03-01 02:00:00 | ai-operator/firstmate | incident opened');
    expect(when).toContain('| 2026-03-01 02:01:00 | ada | approved by ada (sre-leads) |');
    expect(when.filter((line) => line.includes('started: kubectl'))).toEqual([]);
  });

  it('gives alerts with their times', () => {
    expect(section(text, 'Alerts').at(-1)).toBe(
      '| KubeDeploymentRolloutStuck | main | 2026-03-01 02:00:00 | 2026-03-01 02:02:00 |',
    );
  });

  it('gives evidence, and hypotheses with those that were ruled out', () => {
    expect(section(text, 'Evidence')).toEqual([
      '- rollout `kubectl rollout status deployment/checkout -n shop` ok: 1 of 3 updated replicas are available',
      '- container.crash_loop on Pod shop/checkout-7d9f: Container api of checkout-7d9f crashes again and again (seen in rollout)',
    ]);
    expect(section(text, 'Hypotheses')).toEqual([
      '- Release 5 of checkout does not come up (high confidence, configuration error; evidence: rollout, crash)',
      '- Looked for and not found: node (all nodes are ready)',
    ]);
  });

  it('names who approved what', () => {
    expect(section(text, 'Who decided what').at(-1)).toBe(
      '| 02:01:00 | ada (sre-leads) | approved | kubectl rollout undo deployment/checkout -n shop --to-revision=4 |  |',
    );
  });

  it('carries the audit record of each change, as YAML that can be read back', () => {
    const block = /```yaml\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
    expect(parse(block)).toMatchObject({
      actor: 'ai-operator/firstmate',
      action: 'rollback',
      approval: { required: true, approved_by: ['human/U0ADA'] },
      plan_hash: rollback().hash,
      outcome: 'succeeded',
    });
  });

  it('says plainly what was not there', () => {
    const bare = reviewOf([
      opened(),
      fired(),
      cleared('f1', at(9)),
      event('incident.resolved', { because: 'quiet' }),
    ]);
    expect(section(bare, 'What happened')).toContain('- No runbook ran.');
    expect(section(bare, 'Changes')).toEqual(['Nothing was changed.']);
    expect(section(bare, 'Who decided what')).toEqual(['Nothing was to be decided.']);
    expect(section(bare, 'How long it took')).toContain('| to the approval | none |');
  });

  it('shortens a storm to its beginning and its end', () => {
    const storm = [opened(), ...Array.from({ length: 1_000 }, (_, n) => fired(`f${n}`, at(n)))];
    const when = section(reviewOf(storm), 'When (UTC)');
    expect(when.length).toBeLessThan(150);
    expect(when.some((line) => line.includes('881 more'))).toBe(true);
    expect(when.at(-1)).toContain('f999');
  });
});

describe('text of others in a review', () => {
  const evil = [
    '# a heading',
    '| x | y |',
    '```\n# out\n```',
    '\n\n## Changes\n\nNothing was changed.',
    '<script>alert(1)</script>',
    '<!channel>',
    '[click](https://evil.example)',
    '![x](https://evil.example/x.png)',
    '**bold** _it_ ~~no~~',
    '---',
    '1. one',
    '- item',
    '\\',
    '\\|',
    '`',
    '$(id)',
  ];

  const build = (text: string): string => {
    const plan = { ...rollback(), command: text, reason: text };
    return reviewOf([
      opened(INC, { title: text, service: text, owner: text, because: text, cluster: text }),
      fired('f1', T0, { labels: { alertname: text }, startsAt: text, source: text }),
      event('step.started', { step: text, command: text }),
      event('step.finished', { step: text, status: 'ok', summary: text, text, facts: {}, fault: null }),
      event('hypothesis.ruled_out', { id: text, because: text }),
      event('diagnosis.finished', { says: text }),
      event('plan.proposed', { plan }),
      event(
        'vote.cast',
        {
          plan: plan.id,
          vote: 'approve',
          voter: { enterprise: null, team: 'T', user: text },
          teams: [text],
          reason: text,
        },
        { actor: ADA },
      ),
      event('execution.started', { plan: plan.id, hash: plan.hash }),
      event('note.added', { text, by: text, ref: null }),
      event('incident.resolved', { because: text }),
    ]);
  };
  const shape = (markdown: string): readonly string[] =>
    markdown.split('\n').map((line) => {
      const cells = line.replace(/\\[\\|]/g, '').split('|').length;
      const mark = /^(#+ |- |\||```\w*|\w+: )?/.exec(line)?.[0] ?? '';
      return `${mark}${line.startsWith('|') ? cells : ''}`;
    });
  const harmless = shape(build('text'));

  it.each(evil)('%j changes neither headings, lists, tables nor blocks', (text) => {
    expect(shape(build(text))).toEqual(harmless);
  });

  it.each([...evil, '_x_', 'a_b _c', 'x __y__'])(
    '%j leaves no markup, link or tag outside of code',
    (text) => {
      const bare = md(text).replace(/\\[\\`*_[\]|~#.)\-+=]/g, 'x');
      expect(bare).not.toMatch(/[\\`*[\]|~<>\n]|(^|\W)_|_(\W|$)|^[-+=#]|^\d+[.)]/);
    },
  );

  it('stays readable where nothing could be mistaken', () => {
    expect(md('#inc-2026-001 crash_loop 50% (a, b)! {x}')).toBe('\\#inc-2026-001 crash_loop 50% (a, b)! {x}');
    expect(md('channel #inc-2026-001')).toBe('channel #inc-2026-001');
  });

  it('a code span ends where its text ends', () => {
    expect(code('a `b` c')).toBe('``a `b` c``');
    expect(code('`')).toBe('`` ` ``');
    expect(code('```\nx')).toBe('```` ``` x ````');
  });
});
