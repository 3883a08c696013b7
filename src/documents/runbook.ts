import type { DocumentFault } from '../core/catalog.ts';
import { isJsonObject, sha256 } from '../core/json.ts';
import { FALLBACK_RUNBOOK, type Runbook } from '../core/runbook.ts';
import { DEFAULT_LIMITS } from '../core/settings.ts';
import { at, type Cursor, error, items, present, rootOf, text } from './cursor.ts';
import { readMatchers } from './matcher-line.ts';
import { gathered, type Parsed } from './parsed.ts';
import { readActions, readDiagnose, readHypotheses, readInputs } from './runbook-parts.ts';
import { shapeFaults } from './shape.ts';
import { readShortRunbook } from './short-runbook.ts';
import { placeOf, readYaml, type YamlSource } from './yaml-source.ts';

/** The short form is a bare list of `cmd`s; any key of the long form makes it that. */
export function isShortForm(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const long = ['apiVersion', 'kind', 'title', 'match', 'inputs', 'diagnose', 'hypotheses'];
  return !long.some((key) => Object.hasOwn(value, key)) && Array.isArray(value.actions);
}

function readLongRunbook(root: Cursor, hash: string, stepTimeoutMs: number): Runbook {
  const name = text(at(root, 'name'));
  const match = at(root, 'match');
  if (!present(match) && name !== FALLBACK_RUNBOOK)
    error(root, `"match" is missing; only ${FALLBACK_RUNBOOK} can do without it`);
  const inputs = readInputs(at(root, 'inputs'));
  const scope = {
    inputs,
    steps: items(at(root, 'diagnose')).map((step) => text(at(step, 'id'))),
    stepTimeoutMs,
  };
  const actions = items(at(root, 'actions')).map((action) => text(at(action, 'id')));
  return {
    name,
    title: text(at(root, 'title')),
    owner: text(at(root, 'owner')),
    file: root.source.file,
    hash,
    match: items(match).flatMap(readMatchers),
    inputs,
    diagnose: readDiagnose(at(root, 'diagnose'), scope),
    hypotheses: readHypotheses(at(root, 'hypotheses'), scope, actions),
    actions: readActions(at(root, 'actions'), scope),
  };
}

/** Reads one runbook, long or short; null with an error among the faults means that it is set aside. */
export function readRunbook(
  source: YamlSource,
  stepTimeoutMs: number = DEFAULT_LIMITS.stepTimeoutMs,
): { runbook: Runbook | null; faults: DocumentFault[] } {
  const short = isShortForm(source.value);
  const faults = [...shapeFaults(source, short ? 'runbook-short' : 'runbook')];
  const root = rootOf(source, faults);
  const hash = sha256(source.text);
  const runbook = short
    ? readShortRunbook(root, hash, stepTimeoutMs)
    : readLongRunbook(root, hash, stepTimeoutMs);
  return { runbook: faults.some((fault) => fault.severity === 'error') ? null : runbook, faults };
}

/** All runbooks of a file's text. `file` is only used for messages. Never throws. */
export function parseRunbook(
  textOfFile: string,
  file: string,
  stepTimeoutMs: number = DEFAULT_LIMITS.stepTimeoutMs,
): Parsed<Runbook> {
  const { sources, faults } = readYaml(textOfFile, file);
  return gathered(
    sources.map((source) => {
      const { runbook, faults } = readRunbook(source, stepTimeoutMs);
      return { document: runbook, place: placeOf(source, ['name']), faults };
    }),
    faults,
  );
}
