/** Runs one task at a time per key; those of people go before those of alerts and of firstmate itself. */
export type Mailbox = {
  run<T>(key: string, urgency: 'person' | 'ordinary', task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>;
};

type Box = {
  busy: boolean;
  readonly people: (() => Promise<void>)[];
  readonly others: (() => Promise<void>)[];
};

export function createMailbox(): Mailbox {
  const boxes = new Map<string, Box>();
  const waiters: (() => void)[] = [];

  async function drain(key: string, box: Box): Promise<void> {
    box.busy = true;
    for (;;) {
      const task = box.people.shift() ?? box.others.shift();
      if (task === undefined) break;
      await task();
    }
    boxes.delete(key);
    if (boxes.size === 0) for (const wake of waiters.splice(0)) wake();
  }

  return {
    run(key, urgency, task) {
      return new Promise((resolve, reject) => {
        const box = boxes.get(key) ?? { busy: false, people: [], others: [] };
        boxes.set(key, box);
        const settled = () => task().then(resolve, reject);
        (urgency === 'person' ? box.people : box.others).push(settled);
        if (!box.busy) void drain(key, box);
      });
    },
    async idle() {
      while (boxes.size > 0) await new Promise<void>((resolve) => waiters.push(resolve));
    },
  };
}
