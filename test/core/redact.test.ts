import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { mayHoldSecret } from '../../src/core/may-hold-secret.ts';
import { REDACTED, redactJson, redactText } from '../../src/core/redact.ts';

/** What stands in for a secret: nothing in it gives it away but where it stands. */
const CANARY = 'canary-7f3a-do-not-leak';
const ENCODED = Buffer.from(`password is ${CANARY}`).toString('base64');
const JWT = `eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.${Buffer.from('{"sub":"system:serviceaccount:shop:checkout"}').toString('base64url')}.c2lnbmF0dXJl`;

describe('redacting text', () => {
  it.each([
    ['an assignment', `connecting with password=${CANARY} to db`],
    ['an environment variable', `DB_PASSWORD=${CANARY}`],
    ['a variable in camel case', `clientSecret: ${CANARY}`],
    ['a YAML line, to its end', `  api_token: my ${CANARY} with spaces`],
    ['a quoted value', `{"level":"info","apiKey":"${CANARY}"}`],
    ['an escaped quoted value', `msg="{\\"secret\\":\\"${CANARY}\\"}"`],
    ['a value in single quotes', `secret='${CANARY} and more'`],
    ['a fat arrow', `:token=>${CANARY}`],
    ['a flag', `exec /app --db-password ${CANARY} --verbose`],
    ['a flag with an equals sign', `exec /app --token=${CANARY}`],
    ['a header', `Authorization: Token ${CANARY}`],
    ['a header in JSON', `"authorization": "Custom ${CANARY}"`],
    ['a bearer token', `sent Bearer ${CANARY}`],
    ['basic credentials', `proxy said Basic ${Buffer.from(`user:${CANARY}`).toString('base64')}`],
    ['a URL with a password', `postgres://shop:${CANARY}@db.shop:5432/orders`],
    ['a URL with a password and no user', `redis://:${CANARY}@cache:6379`],
    ['a query parameter', `GET /cb?access_token=${CANARY}&x=1`],
    ['a connection string', `Server=db;AccountKey=${CANARY};Database=x`],
    ['a cookie', `cookie: session=${CANARY}`],
    [
      'an environment variable as YAML lists it',
      `env:\n- name: PAYMENT_API_KEY\n  value: ${CANARY}\n- name: MODE\n  value: fast`,
    ],
    ['a YAML block', `a: 1\npassword: |\n  first\n  ${CANARY}\nmode: fast`],
    ['base64 of text', `data: ${ENCODED}`],
    ['a PEM block', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\nxyz\n-----END RSA PRIVATE KEY-----`],
    ['a PEM block that is cut short', `key:\n-----BEGIN PRIVATE KEY-----\n${CANARY}\nmore`],
    ['a Secret as YAML', `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a: ${CANARY}`],
    ['a Secret as JSON', `{\n  "kind": "Secret",\n  "data": { "a": "${CANARY}" }\n}`],
    ['a JSON line that names a secret and does not parse', `{"password":{"is":"${CANARY}"`],
    ['a name with more behind it', `SECRET_KEY_BASE=${CANARY} DB_PASSWORD_OLD=${CANARY}`],
    ['JSON within JSON within JSON', `"{\\\\\\"password\\\\\\":\\\\\\"${CANARY}\\\\\\"}"`],
    ['an encoded query', `state=password%3D${CANARY}`],
    ['what signs a URL', `https://bucket.example/dump?X-Amz-Signature=${CANARY}&sig=${CANARY}`],
    ['an element of XML', `<datasource><password>${CANARY}</password></datasource>`],
    ['the user of curl', `curl -u admin:${CANARY} https://api.example`],
    ['the user of curl, spelled out', `curl --user "admin:${CANARY}" https://api.example`],
    ['the password of redis-cli', `redis-cli -h cache -a ${CANARY} ping`],
    ['the password of mysql', `mysql -u root -p${CANARY} orders`],
    ['a password of redis.conf', `port 6379\nrequirepass ${CANARY}\nmasterauth ${CANARY}`],
    ['a password of SQL', `ALTER USER shop WITH PASSWORD '${CANARY}'; SET x IDENTIFIED BY '${CANARY}'`],
    ['a password of .netrc', `machine db.example login shop password ${CANARY}`],
    ['JSON nested in a line', `{"user":{"credentials":{"token":"${CANARY}"}}}`],
  ])('takes out %s', (_, text) => {
    expect(redactText(text)).not.toContain(CANARY);
    expect(redactText(text)).toMatch(/redacted|withheld/);
  });

  it.each([
    ['a JWT', JWT],
    ['an AWS access key', 'AKIAIOSFODNN7EXAMPLE'],
    ['a Slack token', 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy'.replace('pdFZ', 'abcd')],
    ['a Slack webhook', 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'],
    ['a GitHub token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['a fine-grained GitHub token', 'github_pat_11ABCDEFG0abcdefghijklmnop'],
    ['a GitLab token', 'glpat-abcdefghij0123456789'],
    ['an API key of a model provider', 'sk-ant-api03-abcdefghijklmnop'],
    ['a Vault token', 'hvs.CAESIAbcdefghijklmnopqrstuv'],
  ])('takes out %s wherever it stands', (_, secret) => {
    expect(redactText(`it was ${secret}, they said`)).toBe(`it was ${REDACTED}, they said`);
  });

  it.each([
    'checkout-5494fb79dc-qp76n   0/1   CrashLoopBackOff   28 (5s ago)   11m   10.244.0.168   node-b',
    'Back-off restarting failed container checkout in pod checkout-7fbb8d87cb-hknf8_shop(004d9ba2-0507-4e52-aee5-5115636091f8)',
    'MountVolume.SetUp failed for volume "db" : secret "checkout-db" not found',
    'image: registry.example/shop/checkout@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '  secretName: checkout-db\n  automountServiceAccountToken: true',
    '  - secretRef:\n      name: checkout-db\n  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: checkout-db\n        key: password',
    'DB_PASSWORD: <secretKeyRef checkout-db password>',
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    'level=info msg="token refreshed" took=12ms',
    'serviceaccount token "default-token-x2x9q" not found, secrets "db" is forbidden',
    'password authentication failed for user "shop"',
    'docker run -u 1000:1000 --user 1000:1000 shop',
    'mysql -h db --protocol tcp -P 3306 orders',
    'horizontalpodautoscalers.autoscaling persistentvolumeclaims validatingwebhookconfigurations',
    'panic: config key PAYMENT_URL is not set',
    '/apis/apps/v1/namespaces/shop/deployments/checkout-frontend-with-a-long-name',
    'kubectl rollout undo deployment/checkout -n shop --to-revision=4',
    '2026-03-14T02:07:00.123456789Z stdout F started in 1.2s, see https://grafana.example/d/abc?var-namespace=shop',
  ])('leaves what is no secret: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('keeps what stands around a YAML block, and takes short numbers out too', () => {
    expect(redactText('a: 1\npassword: |\n  hush\nmode: fast')).toBe(
      `a: 1\npassword: |\n  ${REDACTED}\nmode: fast`,
    );
    expect(redactText('password=1234')).toBe(`password=${REDACTED}`);
  });

  it('is done once it is done', () => {
    const texts = [
      `password=${CANARY}`,
      `Authorization: Bearer ${CANARY}`,
      `postgres://a:${CANARY}@b`,
      ENCODED,
      JWT,
    ];
    for (const text of texts) expect(redactText(redactText(text))).toBe(redactText(text));
  });

  it('finds a canary in any surroundings', () => {
    const carriers = fc.constantFrom(
      (secret: string) => `password=${secret}`,
      (secret: string) => `"api_key": "${secret}"`,
      (secret: string) => `Authorization: Bearer ${secret}`,
      (secret: string) => `mysql://root:${secret}@db`,
      (secret: string) => `--client-secret ${secret}`,
    );
    const secrets = fc
      .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{11,39}$/)
      .filter((secret) => !/^\d+$/.test(secret));
    const around = fc.stringMatching(/^[a-z ]{0,20}$/);
    fc.assert(
      fc.property(carriers, secrets, around, around, (carrier, secret, before, after) => {
        expect(redactText(`${before} ${carrier(secret)} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it('takes time in proportion to the text, whatever somebody wrote into it', () => {
    const hostile = [
      'a.'.repeat(100_000),
      '-eyJ'.repeat(50_000),
      'password'.repeat(25_000),
      `${'secret_'.repeat(25_000)}=`,
      '{"'.repeat(80_000),
      'x://'.repeat(50_000),
      '--a-token '.repeat(20_000),
      'A'.repeat(200_000),
      'redis-cli '.repeat(20_000),
      'mysql '.repeat(30_000),
      '-u a'.repeat(50_000),
      '<password>a'.repeat(20_000),
      '<password>'.concat('a'.repeat(200_000)),
      'login a password '.repeat(20_000),
      'password_old'.repeat(20_000),
      `key ${' '.repeat(200_000)}`,
      `token\n${' '.repeat(200_000)}`,
      `${'password: |\n'.repeat(20_000)}`,
      `password: |\n${'  \n'.repeat(50_000)}`,
    ];
    // The runner's own limit is what fails this: a pattern that backtracks over all of it takes minutes.
    for (const text of hostile) expect(redactText(text).length).toBeGreaterThan(0);
  });
});

describe('redacting structured data', () => {
  it('takes out values under names that look secret, and keeps the shape', () => {
    const object = {
      spec: {
        replicas: 3,
        paused: false,
        containers: [
          {
            name: 'api',
            image: 'registry.example/api:1',
            env: [
              { name: 'API_TOKEN', value: CANARY },
              { name: 'MODE', value: 'fast' },
              { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            ],
          },
        ],
      },
    };
    expect(redactJson(object)).toEqual({
      spec: {
        replicas: 3,
        paused: false,
        containers: [
          {
            name: 'api',
            image: 'registry.example/api:1',
            env: [
              { name: 'API_TOKEN', value: REDACTED },
              { name: 'MODE', value: 'fast' },
              { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            ],
          },
        ],
      },
    });
  });

  it('takes out what a flag before it names, in a list of arguments', () => {
    expect(
      redactJson({
        command: ['app', '--db-password', CANARY, '--verbose', '--token', '--user', '1000:1000'],
        args: ['curl', '-u', `admin:${CANARY}`, 'https://api.example', '--password-file', '/run/pw'],
      }),
    ).toEqual({
      command: ['app', '--db-password', REDACTED, '--verbose', '--token', '--user', '1000:1000'],
      args: ['curl', '-u', `admin:${REDACTED}`, 'https://api.example', '--password-file', '/run/pw'],
    });
  });

  it.each([
    'SECRET_KEY_BASE',
    'DB_PASSWORDS',
    'API_KEYS',
    'ADMIN_PASSWORD_V2',
    'dbPasswordProd',
    'REDIS_AUTH',
    'HMAC_KEY',
    'DB_CREDS',
  ])('takes out the value of %s, by key, by name and by the key of a pair', (name) => {
    const object = {
      data: { [name]: CANARY },
      env: [{ name, value: CANARY }],
      pairs: [{ key: name, value: CANARY }],
    };
    expect(JSON.stringify(redactJson<Json>(object))).not.toContain(CANARY);
  });

  it('leaves references to Secrets, and numbers of tokens', () => {
    const object = {
      imagePullSecrets: ['registry', 'mirror'],
      secrets: ['db'],
      secretName: 'db',
      passwordFile: '/run/pw',
      env: [{ name: 'MAX_TOKENS', value: '4096' }],
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gpu' }],
    };
    expect(redactJson<Json>(object)).toEqual(object);
  });

  it('withholds what a last-applied annotation holds, and the data of a Secret', () => {
    const applied = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${CANARY}"}` } },
    };
    expect(JSON.stringify(redactJson(applied))).not.toContain(CANARY);
    const secret = { kind: 'Secret', data: { a: CANARY }, stringData: { b: CANARY }, type: 'Opaque' };
    expect(redactJson<Json>(secret)).toEqual({
      kind: 'Secret',
      data: REDACTED,
      stringData: REDACTED,
      type: 'Opaque',
    });
  });

  it('lets no canary through under a secret name, however deep', () => {
    const name = fc.constantFrom(
      'password',
      'DB_PASSWORD',
      'apiKey',
      'client_secret',
      'x-auth-token',
      'dsn',
      'aws_secret_access_key',
    );
    const deep = fc.letrec<{ node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        name.map((key): Json => ({ [key]: CANARY })),
        name.map((key): Json => ({ name: key, value: CANARY })),
        name.map((key): Json => ({ [key]: [CANARY] })),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(deep, (value) => {
        expect(JSON.stringify(redactJson(value))).not.toContain(CANARY);
      }),
    );
  });

  it('changes no whole number, boolean or null, and no key', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null))),
        (value) => {
          expect(redactJson<Json>(value)).toEqual(value);
        },
      ),
    );
  });
});

describe('the fast look at JSON text', () => {
  const WORDS = [
    'password',
    'p-assword',
    'api_key',
    'Secret',
    'kind',
    'token=x',
    ENCODED,
    JWT,
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_0123456789abcdefghij',
    'https://a:b@c',
    'Bearer abcdefgh',
    'KubeDeploymentRolloutStuck',
    '\u00e9"/',
    '-----BEGIN PRIVATE KEY-----',
    'redis-cli -a hunter2',
    'app_key',
    'curl -u me:hunter2 ',
  ];
  const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 12 }));
  const text = fc.array(word, { maxLength: 3 }).map((parts) => parts.join(''));
  const body = fc.dictionary(text, fc.oneof(text, fc.array(text), fc.dictionary(text, text)), { maxKeys: 4 });

  it('says that nothing is in it only where nothing is taken out, however it is written', () => {
    fc.assert(
      fc.property(body, fc.boolean(), (value, slashes) => {
        const json = JSON.stringify(value);
        const written = slashes ? json.replaceAll('/', '\\/') : json;
        if (!mayHoldSecret(written)) expect(redactJson(value)).toBe(value);
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds nothing in an ordinary delivery, which is kept byte for byte', () => {
    const labels = { alertname: 'KubeDeploymentRolloutStuck', namespace: 'shop', deployment: 'checkout' };
    const alert = { labels, annotations: { summary: 'It is stuck.' }, fingerprint: 'a1b2c3d4e5f60718' };
    const url = 'http://prometheus.example:9090/graph?g0.expr=up&g0.tab=1';
    const json = JSON.stringify({ groupKey: '{}:{namespace="shop"}', alerts: [alert], externalURL: url });
    expect(mayHoldSecret(json)).toBe(false);
    expect(mayHoldSecret(json.replace('is stuck', 'has pass\\u0077ord=x'))).toBe(true);
  });

  it('leaves what is kept as it is', () => {
    const value = { id: ENCODED, note: ENCODED };
    expect(redactJson(value, new Set(['id']))).toEqual({ id: ENCODED, note: REDACTED });
  });
});
