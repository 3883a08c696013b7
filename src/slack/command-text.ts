/** The verbs of `/incident` that exist, with what each is for. */
export const VERBS = [
  {
    verb: 'new',
    usage: 'new [SEV1…SEV4] TITLE [cluster=…] [service=…] [namespace=…] [workload=…]',
    says: 'open an incident that no alert told of',
  },
  { verb: 'list', usage: 'list', says: 'the incidents that are not resolved' },
  { verb: 'status', usage: 'status [INC-…]', says: 'where an incident stands' },
  { verb: 'take', usage: 'take', says: 'become the lead of this channel’s incident' },
  { verb: 'note', usage: 'note TEXT', says: 'add a line to the timeline' },
  { verb: 'severity', usage: 'severity SEV1…SEV4 [WHY]', says: 'say how bad this channel’s incident is' },
  { verb: 'merge', usage: 'merge INC-…', says: 'make this channel’s incident a part of that one' },
  {
    verb: 'split',
    usage: 'split [NUMBER or WORDS]',
    says: 'take a problem that joined out into an incident of its own; alone: list them',
  },
  { verb: 'cluster', usage: 'cluster NAME', says: 'say which cluster it is, where nobody knows' },
  { verb: 'resolve', usage: 'resolve', says: 'resolve this channel’s incident' },
  { verb: 'reopen', usage: 'reopen [WHY]', says: 'open this channel’s incident again' },
  { verb: 'pause', usage: 'pause [REASON]', says: 'stop every change that is not sent yet, everywhere' },
  { verb: 'resume', usage: 'resume', says: 'allow changes again' },
  {
    verb: 'break-glass',
    usage: 'break-glass [MINUTES] REASON',
    says: 'lift freezes and hourly limits here for minutes, told to everybody',
  },
  { verb: 'help', usage: 'help', says: 'this list' },
] as const;

export type Verb = (typeof VERBS)[number]['verb'];
export type ParsedCommand = { readonly verb: Verb; readonly rest: string } | { readonly unknown: string };

const ALIASES: { readonly [word: string]: Verb } = {
  declare: 'new',
  create: 'new',
  sev: 'severity',
  lead: 'take',
  close: 'resolve',
  '?': 'help',
  '': 'help',
};

/** `note it was the deploy` → the verb and what follows it. Nothing at all asks for help. */
export function parseCommand(text: string): ParsedCommand {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const name = word.toLowerCase();
  const verb =
    VERBS.find((one) => one.verb === name)?.verb ??
    (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined);
  return verb === undefined ? { unknown: word } : { verb, rest: rest.trim() };
}

export function helpText(command: string): string {
  return VERBS.map((one) => `${command} ${one.usage} - ${one.says}`).join('\n');
}
