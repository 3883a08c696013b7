import type { DocumentFault } from '../core/catalog.ts';
import { isJsonObject, sha256 } from '../core/json.ts';
import { type AllowedAction, type BrokenPolicy, type Policy, SAFETY_CHECKS } from '../core/policy.ts';
import { covers } from '../core/scope.ts';
import { ACTION_TYPES } from '../core/write-operations.ts';
import {
  at,
  type Cursor,
  error,
  flag,
  items,
  numberOrNull,
  oneOf,
  present,
  rootOf,
  text,
  textOrNull,
  warning,
} from './cursor.ts';
import { gathered, type Parsed, type ReadDocument } from './parsed.ts';
import { tellNever } from './policy-never.ts';
import { readRestrictions } from './policy-restrictions.ts';
import { shapeFaults } from './shape.ts';
import { placeOf, readYaml, type YamlSource } from './yaml-source.ts';

export type ParsedPolicies = Parsed<Policy> & {
  /** Each denies everything for its service; for every service when not even that could be read. */
  readonly broken: readonly BrokenPolicy[];
};

/** Which types a limit speaks of: a patch may set the bounds of an autoscaler. */
const LIMITS: { readonly [key: string]: readonly string[] } = {
  max_versions_back: ['rollback'],
  min_replicas: ['scale', 'patch'],
  max_replicas: ['scale', 'patch'],
  image_registries: ['set_image'],
};

function readAction(cursor: Cursor): AllowedAction {
  const type = oneOf(at(cursor, 'type'), ACTION_TYPES, 'rollback');
  const approvers = items(at(cursor, 'approvers')).map((approver) => text(at(approver, 'team')));
  const minReplicas = numberOrNull(at(cursor, 'min_replicas'));
  const maxReplicas = numberOrNull(at(cursor, 'max_replicas'));
  for (const [key, of] of Object.entries(LIMITS))
    if (present(at(cursor, key)) && !of.includes(text(at(cursor, 'type'))))
      error(at(cursor, key), `${key} is a limit of ${of.join(' and ')}, not of ${type}`);
  if (minReplicas !== null && maxReplicas !== null && minReplicas > maxReplicas)
    error(at(cursor, 'min_replicas'), `min_replicas ${minReplicas} is more than max_replicas ${maxReplicas}`);
  const requireApproval = flag(at(cursor, 'require_approval'), true);
  if (approvers.length === 0 && text(at(cursor, 'type')) === type)
    warning(
      cursor,
      requireApproval
        ? `no approvers: nobody can approve a ${type}`
        : `no approvers: outside of environments set to auto nobody can approve a ${type}`,
    );
  const registries = at(cursor, 'image_registries');
  return {
    type,
    requireApproval,
    approvers,
    maxVersionsBack: numberOrNull(at(cursor, 'max_versions_back')),
    minReplicas,
    maxReplicas,
    ...(present(registries) ? { imageRegistries: items(registries).map(text) } : {}),
    ...readRestrictions(cursor),
  };
}

/** Two entries that speak of the same place leave open which one holds, so what both cover is denied. */
function tellShadowed(cursors: readonly Cursor[], actions: readonly AllowedAction[]): void {
  for (const [index, action] of actions.entries()) {
    const cursor = cursors[index];
    if (cursor === undefined || text(at(cursor, 'type')) !== action.type) continue;
    const earlier = actions.slice(0, index).filter((other) => other.type === action.type);
    if (earlier.some((other) => covers(other, action) || covers(action, other)))
      error(
        at(cursor, 'type'),
        `${action.type} is allowed twice for the same place; put its limits in one entry, or limit each to places of its own`,
      );
  }
}

function readPolicy(root: Cursor): Policy {
  const actions = items(at(root, 'allowed_actions'));
  const allowedActions = actions.map(readAction);
  tellShadowed(actions, allowedActions);
  const checks = items(at(root, 'safety_checks'));
  for (const check of checks) checkSafety(check);
  if (at(at(root, 'logging'), 'audit').value === false)
    warning(at(at(root, 'logging'), 'audit'), 'changes are recorded in any case');
  const policy: Policy = {
    service: text(at(root, 'service')),
    file: root.source.file,
    hash: sha256(root.source.text),
    allowedActions,
    safetyChecks: checks.map((check) => {
      const { name, ...settings } = isJsonObject(check.value) ? check.value : {};
      return { name: typeof name === 'string' ? name : '', settings };
    }),
    incidentTag: textOrNull(at(at(root, 'logging'), 'incident_tag')),
    ...readRestrictions(root),
  };
  tellNever(root, policy, actions);
  return policy;
}

/** A check that cannot be made as it is written denies every change, so it is told where it is written. */
function checkSafety(check: Cursor): void {
  const name = text(at(check, 'name'));
  if (name === '') return;
  if (!SAFETY_CHECKS.includes(name)) {
    warning(check, `the safety check ${name} is not known, so it denies every change`);
    return;
  }
  if (text(at(check, 'slo')) === '') error(check, `${name} needs "slo", such as orders-availability`);
  const threshold = numberOrNull(at(check, 'threshold'));
  if (threshold === null || threshold <= 0 || threshold > 100)
    error(check, `${name} needs "threshold", in per cent: more than 0 and at most 100`);
}

function firstError(faults: readonly DocumentFault[]): DocumentFault | undefined {
  return faults.find((fault) => fault.severity === 'error');
}

function brokenBy(fault: DocumentFault, service: string | null, file: string): BrokenPolicy {
  return {
    service,
    file,
    says: `${fault.place.file}:${fault.place.line}:${fault.place.column}: ${fault.says}`,
  };
}

/** Reads one document as a policy. */
export function readPolicySource(
  source: YamlSource,
): ReadDocument<Policy> & { readonly broken: BrokenPolicy | null } {
  const faults = [...shapeFaults(source, 'policy')];
  const root = rootOf(source, faults);
  const policy = readPolicy(root);
  const worst = firstError(faults);
  const service = text(at(root, 'service'));
  return {
    document: worst === undefined ? policy : null,
    place: placeOf(source, ['service']),
    broken: worst === undefined ? null : brokenBy(worst, service === '' ? null : service, source.file),
    faults,
  };
}

/**
 * The service of a text that is no YAML, read from its one line `service: name`. Where there is no such line, or
 * several, nobody can say whom the broken policy was meant for: null, and it denies for all.
 */
function serviceIn(textOfFile: string): string | null {
  const lines = [...textOfFile.matchAll(/^service:[ \t]*["']?([\w.-]+)["']?[ \t]*(?:#.*)?$/gm)];
  return lines.length === 1 ? (lines[0]?.[1] ?? null) : null;
}

/** All policies of a file's text. Never throws: what does not hold is in `broken` and told in `faults`. */
export function parsePolicy(textOfFile: string, file: string): ParsedPolicies {
  const { sources, faults } = readYaml(textOfFile, file);
  const read = sources.map(readPolicySource);
  const unread = firstError(faults);
  return {
    ...gathered(read, faults),
    broken: [
      ...(unread === undefined ? [] : [brokenBy(unread, serviceIn(textOfFile), file)]),
      ...read.flatMap(({ broken }) => (broken === null ? [] : [broken])),
    ],
  };
}
