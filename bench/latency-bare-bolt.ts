import { AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { App, LogLevel } from '@slack/bolt';

// The least that can follow a click: acknowledge, and make the one write that firstmate makes.
const [apiUrl = '', botToken = '', appToken = '', kubeconfig = '', context = ''] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
config.setCurrentContext(context);
const apps = config.makeApiClient(AppsV1Api);
const app = new App({
  token: botToken,
  appToken,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: apiUrl },
});
app.action('approve_plan', async ({ ack }) => {
  await ack();
  await apps.patchNamespacedDeployment(
    {
      namespace: 'shop',
      name: 'catalog',
      body: [{ op: 'add', path: '/metadata/annotations/bench.example~1pressed', value: 'yes' }],
    },
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
});
await app.start();
process.stdout.write('{}\n');
