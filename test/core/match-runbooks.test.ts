import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindInputs, matchRunbooks } from '../../src/core/match-runbooks.ts';
import { parseMatchers } from '../../src/core/matcher.ts';
import type { Runbook, RunbookInput } from '../../src/core/runbook.ts';

function runbook(name: string, lines: readonly string[], more: Partial<Runbook> = {}): Runbook {
  const match = lines.map((line) => {
    const parsed = parseMatchers(line);
    if (!parsed.ok) throw new Error(parsed.says);
    return parsed.matchers;
  });
  return {
    name,
    title: name,
    owner: 'sre',
    file: `${name}.yaml`,
    hash: 'sha256:0',
    match,
    inputs: {},
    diagnose: [],
    hypotheses: [],
    actions: [],
    ...more,
  };
}
const input = (from: string, optional = false): RunbookInput => ({ from, type: 'name', optional });
const alert = (labels: { [name: string]: string }, annotations: { [name: string]: string } = {}) => ({
  labels,
  annotations,
});
const LABELS = { alertname: 'KubePodCrashLooping', severity: 'critical', namespace: 'shop' };
const ranked = (runbooks: readonly Runbook[], about = alert(LABELS)) =>
  matchRunbooks(about, runbooks).map((match) => match.runbook.name);

describe('choosing a runbook', () => {
  it('the most specific wins: name by equality, by expression, other labels, exclusions', () => {
    const books = [
      runbook('exclusion', ['namespace!="kube-system"']),
      runbook('any-name', ['alertname=~".+"']),
      runbook('fits', ['severity=~"critical|warning"']),
      runbook('equals', ['severity="critical"']),
      runbook('equals-two', ['severity="critical", namespace="shop"']),
      runbook('name-fits', ['alertname=~"KubePod.*"']),
      runbook('name-fits-more', ['alertname=~"KubePod.*", namespace="shop"']),
      runbook('name', ['alertname="KubePodCrashLooping"']),
      runbook('name-more', ['alertname="KubePodCrashLooping", severity="critical"']),
    ];
    const order = [
      'name-more',
      'name',
      'name-fits-more',
      'name-fits',
      'equals-two',
      'equals',
      'fits',
      'any-name',
      'exclusion',
    ];
    expect(ranked(books)).toEqual(order);
    expect(ranked(books.toReversed())).toEqual(order);
  });

  it('does not depend on the order in which runbooks were loaded', () => {
    const line = fc.constantFrom(
      'alertname="KubePodCrashLooping"',
      'alertname=~"Kube.*"',
      'severity="critical"',
      'severity!="info", namespace="shop"',
      'alertname="SomethingElse"',
    );
    const some = fc.uniqueArray(fc.tuple(fc.constantFrom(...'abcdefgh'), line), {
      selector: ([name]) => name,
      minLength: 2,
    });
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (named, keys) => {
        const books = named.map(([name, text]) => runbook(name, [text]));
        const shuffled = books
          .map((book) => ({ book, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ book }) => book);
        expect(ranked(shuffled)).toEqual(ranked(books));
      }),
    );
  });

  it('a name outweighs any number of other labels', () => {
    const many = Array.from({ length: 49 }, (_, index) => `l${index}="x"`).join(',');
    const labels = { ...LABELS, ...Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`l${i}`, 'x'])) };
    const books = [
      runbook('many', [`alertname=~"Kube.*",${many}`]),
      runbook('name', ['alertname="KubePodCrashLooping"']),
    ];
    expect(ranked(books, alert(labels))).toEqual(['name', 'many']);
  });

  it('ties go by name, and one runbook counts once with its best line', () => {
    const books = [
      runbook('b', ['severity="critical"', 'alertname="KubePodCrashLooping"']),
      runbook('a', ['alertname="KubePodCrashLooping"']),
    ];
    expect(ranked(books)).toEqual(['a', 'b']);
    expect(matchRunbooks(alert(LABELS), books)[1]?.reason).toBe('matches alertname="KubePodCrashLooping"');
  });

  it('general triage is last for every alert, and alone is the fallback', () => {
    const books = [
      runbook('general-triage', ['alertname="KubePodCrashLooping"']),
      runbook('x', ['severity="critical"']),
    ];
    expect(matchRunbooks(alert(LABELS), books).map(({ fallback }) => fallback)).toEqual([false, true]);
    expect(matchRunbooks(alert({ alertname: 'Y' }), books)).toMatchObject([
      {
        runbook: { name: 'general-triage' },
        score: 0,
        fallback: true,
        reason: 'no other runbook takes this alert',
      },
    ]);
    expect(matchRunbooks(alert({ alertname: 'Y' }), [])).toEqual([]);
  });

  it('a runbook whose input the alert lacks does not take it, and the fallback says why', () => {
    const needs = runbook('needs', ['severity="critical"'], {
      inputs: { pod: input('labels.pod'), team: input('annotations.team') },
    });
    const [only] = matchRunbooks(alert(LABELS), [needs, runbook('general-triage', [])]);
    expect(only?.runbook.name).toBe('general-triage');
    expect(only?.reason).toBe(
      'no other runbook takes this alert; needs matches severity="critical", but the alert has no labels.pod and no annotations.team',
    );
  });

  it.each([
    ['https://wiki.example/runbooks/api-latency', true],
    ['https://wiki.example/runbooks/api-latency.md#start', true],
    ['https://wiki.example/runbooks/API-Latency/', true],
    ['https://wiki.example/api-latency/other', false],
    ['https://wiki.example/not-api-latency', false],
  ])('the short form takes an alert whose runbook_url is %s: %s', (url, takes) => {
    const books = [runbook('api-latency', [], { byName: true }), runbook('other', [])];
    expect(ranked(books, alert({ alertname: 'X' }, { runbook_url: url }))).toEqual(
      takes ? ['api-latency'] : [],
    );
  });
});

describe('a runbook gets its inputs from the alert', () => {
  it('labels, annotations, and the workload that the labels speak of', () => {
    const book = runbook('x', [], {
      inputs: {
        namespace: input('labels.namespace'),
        team: input('annotations.team'),
        workload: input('workload'),
        extra: input('labels.extra', true),
      },
    });
    const about = alert({ ...LABELS, pod: 'checkout-5494fb79dc-qp76n' }, { team: 'a' });
    expect(bindInputs(book, about)).toEqual({
      ok: true,
      values: { namespace: 'shop', team: 'a', workload: 'checkout', extra: '' },
    });
  });

  it('a label that is not there, is empty or is too long is missing, as is what every object has', () => {
    for (const labels of [{}, { pod: '' }, { pod: 'x'.repeat(254) }])
      expect(bindInputs(runbook('x', [], { inputs: { pod: input('labels.pod') } }), alert(labels))).toEqual({
        ok: false,
        missing: ['labels.pod'],
      });
    expect(bindInputs(runbook('x', [], { inputs: { p: input('labels.toString') } }), alert({})).ok).toBe(
      false,
    );
  });
});
