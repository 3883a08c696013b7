import { type Method, method } from '../method.ts';

const authTest = method({
  name: 'auth.test',
  token: 'any',
  run: ({ state }) => ({
    url: `https://${state.team.domain}.slack.com/`,
    team: state.team.name,
    user: state.app.name,
    team_id: state.team.id,
    user_id: state.app.userId,
    bot_id: state.app.botId,
    is_enterprise_install: false,
  }),
});

const teamInfo = method({
  name: 'team.info',
  scopes: ['team:read'],
  errors: ['team_not_found'],
  run: ({ state, args }, refuse) => {
    if (args.has('team') && args.text('team') !== state.team.id) throw refuse('team_not_found');
    const { id, name, domain } = state.team;
    return { team: { id, name, domain, email_domain: `${domain}.example`, icon: { image_default: true } } };
  },
});

const botsInfo = method({
  name: 'bots.info',
  scopes: ['users:read'],
  errors: ['bot_not_found', 'missing_argument'],
  run: ({ state, args }, refuse) => {
    if (!args.has('bot')) throw refuse('missing_argument');
    const bot = [...state.users.values()].find((user) => user.botId === args.text('bot'));
    if (!bot) throw refuse('bot_not_found');
    return {
      bot: {
        id: bot.botId,
        deleted: bot.deleted,
        name: bot.name,
        updated: 0,
        app_id: bot.botId === state.app.botId ? state.app.id : 'A0DEPLOY',
        user_id: bot.id,
        icons: {},
      },
    };
  },
});

export const workspaceMethods: readonly Method[] = [authTest, teamInfo, botsInfo];
