// An OpenID provider on a free port of the loopback address, of npm's oidc-provider: one client for each algorithm, named for it, which
// gets JWT access tokens for the audience "api" by client_credentials (RFC 6749 section 4.4, RFC 8707).
//   in:  {"keys": [{"kid": "a", "alg": "ES256"}, ...], "secret": "..."}   the key set from now on; the first of an algorithm signs;
//                                                      a kid that was there before keeps its key. The secret is that of every client.
//   out: {"issuer": "http://127.0.0.1:port"}
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { answer } from './lines.mjs';

const algorithms = ['ES256', 'RS256', 'EdDSA'];
const scopes = 'orders:read orders:write';
const made = new Map();
let serve;

const server = createServer((request, response) => serve(request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

async function privateKey({ kid, alg }) {
  if (!made.has(kid)) {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    made.set(kid, { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' });
  }
  return made.get(kid);
}

await answer(async ({ keys, secret }) => {
  const signing = (alg) => keys.find((key) => key.alg === alg).kid;
  const provider = new Provider(issuer, {
    jwks: { keys: await Promise.all(keys.map(privateKey)) },
    clients: algorithms.map((alg) => ({
      client_id: alg,
      client_secret: secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    })),
    scopes: scopes.split(' '),
    ttl: { ClientCredentials: 3600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource, client) => ({
          scope: scopes,
          audience: 'api',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: client.clientId, kid: signing(client.clientId) } },
        }),
      },
    },
  });
  serve = provider.callback();
  return { issuer };
});
