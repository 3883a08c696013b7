import { expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { incidentFacts, serviceFacts } from '../../src/core/judged-facts.ts';
import { actionTypeOf, isWrite } from '../../src/core/operation.ts';
import { CONDITION_FIELDS, CONDITION_NAMES, conditionScopes } from '../../src/core/policy-scope.ts';
import { CHANGES, VERBS } from '../guarantees/every-verb.ts';
import { AT, makePlan } from '../make.ts';
import { allIsWell } from '../safety-facts.ts';
import { makeIncident } from '../slack/make.ts';

it.each(VERBS)('what a condition may ask about a %s has the fields that are known of it', (verb) => {
  const parsed = parseCommand(CHANGES[verb].replace('{{ pod }}', 'checkout-1'));
  if (!('operation' in parsed) || !isWrite(parsed.operation)) throw new Error(`${verb} is no write`);
  const [scope] = conditionScopes({
    operation: parsed.operation,
    actionType: actionTypeOf(parsed.operation) ?? 'patch',
    draft: { ...makePlan(), objects: [{ before: {}, after: null }] },
    runbook: null,
    policies: [],
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: [],
    teams: [],
    cluster: 'prod',
    environment: null,
    now: AT,
    requestedBy: FIRSTMATE,
    shapedByPeople: false,
    confidence: 'high',
    breakGlass: null,
    facts: {
      changesLastHour: 0,
      namespaces: {},
      incident: incidentFacts(makeIncident()),
      service: serviceFacts('checkout', undefined),
    },
    safety: allIsWell(),
  });
  expect(Object.keys(scope ?? {}).toSorted()).toEqual(CONDITION_NAMES.toSorted());
  for (const [name, fields] of Object.entries(CONDITION_FIELDS)) {
    const value = scope?.[name];
    expect(isJsonObject(value ?? null) ? Object.keys(value ?? {}) : []).not.toEqual([]);
    for (const field of Object.keys(value ?? {})) expect(fields).toContain(field);
  }
});
