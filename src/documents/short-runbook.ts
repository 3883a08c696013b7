import { compile } from '../core/conditions.ts';
import type { DiagnosticStep, Runbook, RunbookAction } from '../core/runbook.ts';
import { checkLine } from './check-line.ts';
import { readCondition } from './condition-text.ts';
import { at, type Cursor, error, items, present, text, warning } from './cursor.ts';

const CONTAINS = /^output\s+contains\s+(.+)$/;
const NO_RESTARTS = /^no\s+restarts\s*>\s*(\d{1,6})$/;

function unquoted(sought: string): string {
  const [, inner] = /^"(.*)"$/.exec(sought) ?? /^'(.*)'$/.exec(sought) ?? [];
  return inner ?? sought;
}

/** The short form's two idioms as CEL; any other text is CEL already. */
export function validationAsCondition(validation: string, facts: string): string {
  const sought = CONTAINS.exec(validation.trim())?.[1];
  if (sought !== undefined) return `output.contains(${JSON.stringify(unquoted(sought.trim()))})`;
  const restarts = NO_RESTARTS.exec(validation.trim())?.[1];
  if (restarts !== undefined)
    return `${facts}.items.all(p, !has(p.restarts) || p.restarts <= ${Number(restarts)})`;
  return validation;
}

/** Without a validation null; one that is CEL must compile. */
function readValidation(cursor: Cursor, facts: string): string | null {
  if (!present(cursor)) return null;
  const condition = validationAsCondition(text(cursor), facts);
  if (condition === text(cursor)) return readCondition(cursor, ['output', facts]);
  const compiled = compile(condition, ['output', facts]);
  if (!compiled.ok) error(cursor, `cannot be asked: ${compiled.says}`);
  return condition;
}

type Parts = {
  stepTimeoutMs: number;
  diagnose: DiagnosticStep[];
  actions: RunbookAction[];
  texts: string[];
};

function readEntry(
  entry: Cursor,
  position: number,
  approvals: RunbookAction['approvals'],
  parts: Parts,
): void {
  const line = text(at(entry, 'cmd')).trim();
  if (line === '') return;
  const verdict = checkLine(line, {});
  if (!verdict.ok) {
    parts.texts.push(line);
    warning(at(entry, 'cmd'), `shown to people as text, it cannot run here: ${verdict.says}`);
    return;
  }
  if (verdict.action === null) {
    const id = `step${position}`;
    parts.diagnose.push({
      id,
      run: line,
      check: readValidation(at(entry, 'validate'), id),
      when: null,
      timeoutMs: parts.stepTimeoutMs,
    });
    return;
  }
  parts.actions.push({
    id: `action${position}`,
    type: verdict.action,
    run: line,
    validate: null,
    rollback: 'previous',
    approvals,
  });
  if (present(at(entry, 'validate')))
    warning(
      at(entry, 'validate'),
      'not asked: a change is validated in the long form, which names what to read',
    );
}

/**
 * Reads the short form (see schemas/runbook-short.schema.json): reads become steps `step1`, `step2` …, complete
 * changes become actions `action1` … that a person may ask for, and the rest is kept as text. Preconditions are kept
 * as they are written: a Prometheus says whether they hold.
 */
export function readShortRunbook(root: Cursor, hash: string, stepTimeoutMs: number): Runbook {
  const name = text(at(root, 'name'));
  const approvals = items(at(root, 'approvals')).map((approval) => ({ group: text(at(approval, 'group')) }));
  const preconditions = items(at(root, 'preconditions')).map((one) => text(at(one, 'metric')));
  const parts: Parts = { stepTimeoutMs, diagnose: [], actions: [], texts: [] };
  const lines = [...items(at(root, 'actions')), ...items(at(root, 'rollback'))];
  lines.forEach((entry, index) => {
    readEntry(entry, index + 1, approvals, parts);
  });
  return {
    name,
    title: name,
    owner: approvals[0]?.group ?? '',
    file: root.source.file,
    hash,
    match: [],
    inputs: {},
    ...(preconditions.length === 0 ? {} : { preconditions }),
    diagnose: parts.diagnose,
    hypotheses: [],
    actions: parts.actions,
    byName: true,
    texts: parts.texts,
  };
}
