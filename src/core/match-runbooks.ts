import type { Labels } from './alert.ts';
import { matches, printMatchers } from './matcher.ts';
import { FALLBACK_RUNBOOK, type Matcher, type Runbook } from './runbook.ts';
import { workloadOf } from './service.ts';

export type About = { readonly labels: Labels; readonly annotations: Labels };

export type RunbookMatch = {
  readonly runbook: Runbook;
  /** Only for comparing: higher is more specific, 0 is the fallback. */
  readonly score: number;
  readonly reason: string;
  readonly fallback: boolean;
};

export type BoundInputs =
  | { readonly ok: true; readonly values: { readonly [input: string]: string } }
  | { readonly ok: false; readonly missing: readonly string[] };

// One matcher on the alert's name outweighs all that a line can say about other labels (50 matchers at most).
const NAME_EQUALS = 1000;
const NAMED_BY_ALERT = 900;
const NAME_FITS = 500;
const EQUALS = 10;
const FITS = 5;
const EXCLUDES = 1;
const MAX_VALUE = 253;

function weight({ label, op, value }: Matcher): number {
  if (op === '!=' || op === '!~') return EXCLUDES;
  // `x=""` asks that a label is missing, and `.*` asks nothing.
  if (value === '' || (op === '=~' && (value === '.*' || value === '.+'))) return EXCLUDES;
  if (label === 'alertname') return op === '=' ? NAME_EQUALS : NAME_FITS;
  return op === '=' ? EQUALS : FITS;
}

function inputValue(from: string, about: About): string | null {
  if (from === 'workload') return workloadOf(about.labels);
  const [, kind, name] = /^(labels|annotations)\.(.+)$/s.exec(from) ?? [];
  if (name === undefined) return null;
  const values = kind === 'labels' ? about.labels : about.annotations;
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

/** The runbook's inputs from an alert: an optional one that is not there is the empty text. */
export function bindInputs(runbook: Runbook, about: About): BoundInputs {
  const values: { [input: string]: string } = {};
  const missing: string[] = [];
  for (const [name, input] of Object.entries(runbook.inputs)) {
    const value = inputValue(input.from, about) ?? '';
    if (value === '' || value.length > MAX_VALUE) {
      if (!input.optional) missing.push(input.from);
      values[name] = '';
    } else values[name] = value;
  }
  return missing.length > 0 ? { ok: false, missing } : { ok: true, values };
}

/** The last segment of a runbook link, without extension, query and fragment. */
function linkedName(url: string): string {
  const [path = ''] = url.split(/[?#]/);
  const segment = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return segment.replace(/\.(md|html?|ya?ml)$/i, '').toLowerCase();
}

type Taken = { readonly score: number; readonly reason: string };

function takenByName(runbook: Runbook, about: About): Taken | null {
  if (runbook.byName !== true) return null;
  const { runbook_url: url = '' } = about.annotations;
  if (url !== '' && linkedName(url) === runbook.name)
    return { score: NAMED_BY_ALERT, reason: `the alert's runbook_url ends in ${runbook.name}` };
  if (about.labels.alertname === runbook.name)
    return { score: NAMED_BY_ALERT, reason: `the alert is called ${runbook.name}` };
  return null;
}

function taken(runbook: Runbook, about: About): Taken | null {
  const lines = runbook.match
    .filter((line) => matches(line, about.labels))
    .map(
      (line): Taken => ({
        score: line.reduce((sum, matcher) => sum + weight(matcher), 0),
        reason: `matches ${printMatchers(line)}`,
      }),
    );
  const all = [...lines, takenByName(runbook, about)].filter((one) => one !== null);
  return all.sort((a, b) => b.score - a.score)[0] ?? null;
}

/**
 * The runbooks that take an alert, best first; equal scores go by name. What counts, in this order: the alert's name
 * by equality, by regular expression, then how many other labels a line asks for; exclusions least. A runbook whose
 * required input the alert lacks does not take it; the fallback, always last, says so.
 */
export function matchRunbooks(about: About, runbooks: readonly Runbook[]): readonly RunbookMatch[] {
  const matched: RunbookMatch[] = [];
  const lacking: string[] = [];
  for (const runbook of runbooks) {
    const found = runbook.name === FALLBACK_RUNBOOK ? null : taken(runbook, about);
    if (found === null) continue;
    const bound = bindInputs(runbook, about);
    if (bound.ok) matched.push({ runbook, ...found, fallback: false });
    else
      lacking.push(`${runbook.name} ${found.reason}, but the alert has no ${bound.missing.join(' and no ')}`);
  }
  matched.sort((a, b) => b.score - a.score || compareNames(a.runbook.name, b.runbook.name));
  const fallback = runbooks.find((runbook) => runbook.name === FALLBACK_RUNBOOK);
  if (fallback === undefined) return matched;
  const none = matched.length === 0 ? 'no other runbook takes this alert' : 'takes every alert';
  const reason = [none, ...lacking].join('; ');
  return [...matched, { runbook: fallback, score: 0, reason, fallback: true }];
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
