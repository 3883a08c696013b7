function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function issuedToken(answer: unknown): string | undefined {
  const status = isObject(answer) && answer.kind === 'TokenRequest' ? answer.status : undefined;
  return isObject(status) && typeof status.token === 'string' ? status.token : undefined;
}

/** Puts what this run gave (uids, resourceVersions, generated names, tokens) where the recording has its own. */
export class Translation {
  private readonly texts = new Map<string, string>();
  private readonly versions = new Map<string, string>();

  learn(recorded: unknown, answer: string): void {
    const actual = parsed(answer);
    const left = isObject(recorded) && isObject(recorded.metadata) ? recorded.metadata : {};
    const right = isObject(actual) && isObject(actual.metadata) ? actual.metadata : {};
    for (const key of ['uid', 'name', 'continue']) {
      if (typeof left[key] === 'string' && typeof right[key] === 'string') this.name(left[key], right[key]);
    }
    if (typeof left.resourceVersion === 'string' && typeof right.resourceVersion === 'string') {
      this.version(left.resourceVersion, right.resourceVersion);
    }
    const token = issuedToken(actual);
    if (token !== undefined) this.name('<redacted>', token);
  }

  name(recorded: string, actual: string): void {
    if (recorded !== actual) this.texts.set(recorded, actual);
  }

  version(recorded: string, actual: string): void {
    this.versions.set(recorded, actual);
  }

  apply(text: string): string {
    let translated = text.replace(
      /("resourceVersion":"|[?&]resourceVersion=)(\d+)/g,
      (whole, before: string, version: string) => {
        const actual = this.versions.get(version);
        return actual === undefined ? whole : `${before}${actual}`;
      },
    );
    for (const [recorded, actual] of this.texts) translated = translated.replaceAll(recorded, actual);
    return translated;
  }

  /** A text of this run with the recording's names in it. */
  back(text: string): string {
    let translated = text;
    for (const [recorded, actual] of this.texts) translated = translated.replaceAll(actual, recorded);
    return translated;
  }
}
