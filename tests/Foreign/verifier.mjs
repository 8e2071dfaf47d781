// A service that verifies access tokens by npm's jose, with the remote key set that every reader of its documentation would use.
//   in:  {"jwks": "http://...", "issuer": "...", "audience": "..."} once, then {"token": "..."} again and again
//   out: {"claims": {...}, "header": {...}}, or {"error": "<code>: <message>"}
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { answer } from './lines.mjs';

let keys, expected;

await answer(async ({ jwks, issuer, audience, token }) => {
  if (jwks) {
    // A rotation is followed at once, not half a minute after the last fetch.
    keys = createRemoteJWKSet(new URL(jwks), { cooldownDuration: 0 });
    expected = { issuer, audience };
    return {};
  }
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, expected);
    return { claims: payload, header: protectedHeader };
  } catch (error) {
    return { error: `${error.code}: ${error.message}` };
  }
});
