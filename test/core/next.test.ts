import { describe, expect, it } from 'vitest';
import { nextWork, wakeAt, workKey } from '../../src/core/next.ts';
import { at, human, makeAlert, makePerson, makePlan, Story } from '../make.ts';

const plan = makePlan();

function work(story: Story, seconds: number): string[] {
  return nextWork(story.incident, at(seconds)).map(workKey);
}

function matched(visibility: 'channel' | 'line' = 'channel'): Story {
  const story = new Story(visibility);
  const match = { runbook: 'r', title: 'R', hash: 'h', score: 1, reason: '', fallback: false, inputs: {} };
  story.tell({ do: 'match', match });
  return story;
}

function diagnosed(visibility: 'channel' | 'line' = 'channel'): Story {
  const story = matched(visibility);
  const hypothesis = {
    id: 'h',
    category: 'configuration_error',
    says: 'Bad release',
    confidence: 'high',
    evidence: [],
    propose: ['grow', 'other'],
  } as const;
  story.tell({ do: 'conclude', hypotheses: [hypothesis], ruledOut: [], says: 'Bad release' });
  return story;
}

function succeeded(): Story {
  const story = diagnosed();
  story.tell({ do: 'propose', plan, asked: false });
  story.tell({ do: 'note_shown', plan: plan.id, at: at(1) });
  const vote = {
    vote: 'approve',
    person: makePerson('UADA'),
    teams: ['sre'],
    reason: null,
    ineligible: null,
  } as const;
  story.tell({ do: 'vote', plan: plan.id, ...vote }, 2, human('UADA'));
  story.tell({ do: 'claim', plan: plan.id, paused: null }, 3);
  story.tell({ do: 'finish_execution', plan: plan.id, outcome: 'succeeded', says: '' }, 4);
  return story;
}

function clear(story: Story, seconds: number): void {
  const alert = makeAlert({ status: 'resolved', endsAt: at(seconds) });
  story.tell({ do: 'tell_alert', problem: 'k', opens: 'channel', alert, severity: 'SEV2' }, seconds);
}

describe('what is next', () => {
  it('waits for the channel, but not for ever', () => {
    const story = new Story();
    expect(work(story, 0)).toEqual([]);
    expect(wakeAt(story.incident)).toBe(at(3));
    expect(work(story, 3)).toEqual(['match']);
    story.tell({ do: 'note_channel', channel: { enterprise: null, team: 'T1', channel: 'C1' }, name: 'inc' });
    expect(work(story, 0)).toEqual(['match']);
  });

  it('diagnoses, then proposes the best hypothesis’s first action', () => {
    expect(work(matched(), 0)).toEqual(['investigate']);
    expect(work(diagnosed(), 0)).toEqual(['propose grow']);
  });

  it('only diagnoses a watching incident', () => {
    const story = diagnosed('line');
    expect(work(story, 0)).toEqual([]);
    story.tell({ do: 'request_channel', by: 'ada' });
    expect(work(story, 0)).toEqual(['propose grow']);
  });

  it('proposes the next action after a rejection or a proposal that could not be made', () => {
    const story = diagnosed();
    story.tell({ do: 'fail_proposal', action: 'grow', says: 'no such revision' });
    expect(work(story, 0)).toEqual(['propose other']);
  });

  it('expires a plan in time', () => {
    const story = diagnosed();
    story.tell({ do: 'propose', plan, asked: false });
    story.tell({ do: 'note_shown', plan: plan.id, at: at(1) });
    expect(wakeAt(story.incident)).toBe(at(1 + 30 * 60));
    expect(work(story, 1 + 30 * 60)).toEqual(['expire p1']);
  });

  it('validates after a success, and offers the captured state back when that fails', () => {
    const story = succeeded();
    expect(work(story, 4)).toEqual(['validate p1']);
    story.tell({ do: 'validate', plan: plan.id, passed: false, says: 'not ready' }, 40);
    expect(work(story, 40)).toEqual(['offer_back p1']);
  });

  it('counts an alert that goes on firing after the change as a failed validation', () => {
    const story = succeeded();
    story.tell({ do: 'validate', plan: plan.id, passed: true, says: 'ready' }, 5);
    expect(work(story, 5)).toEqual([]);
    expect(wakeAt(story.incident)).toBe(at(4 + 120));
    expect(work(story, 4 + 120)).toEqual(['miss_clearing p1']);
  });

  it('looks at the end after the quiet period, and not while an alert fires', () => {
    const story = matched();
    clear(story, 10);
    expect(wakeAt(story.incident)).toBe(at(70));
    expect(work(story, 70)).toContain('close');
    story.tell(
      {
        do: 'tell_alert',
        problem: 'k',
        opens: 'channel',
        alert: makeAlert({ startsAt: at(20) }),
        severity: 'SEV2',
      },
      20,
    );
    expect(work(story, 70)).not.toContain('close');
  });

  it('opens a monitored incident again when an alert fires again', () => {
    const story = diagnosed();
    clear(story, 10);
    story.tell({ do: 'set_status', to: 'monitoring', because: '' }, 70);
    story.tell(
      {
        do: 'tell_alert',
        problem: 'k',
        opens: 'channel',
        alert: makeAlert({ startsAt: at(80) }),
        severity: 'SEV2',
      },
      80,
    );
    expect(work(story, 80)).toContain('fire_again');
  });

  it('publishes the review once, and then rests', () => {
    const story = diagnosed();
    story.tell({ do: 'resolve', because: 'done', force: true }, 5);
    expect(work(story, 5)).toEqual(['review']);
    story.tell({ do: 'publish_review', markdown: '#' }, 6);
    expect(work(story, 6)).toEqual([]);
    expect(wakeAt(story.incident)).toBeNull();
  });
});
