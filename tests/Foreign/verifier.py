"""A service that verifies access tokens by PyJWT, with the client of key sets that its documentation shows.

in:  {"jwks": "http://...", "issuer": "...", "audience": "..."} once, then {"token": "..."} again and again
out: {"claims": {...}, "header": {...}}, or {"error": "<name>: <message>"}
"""
import json
import sys

import jwt

client = issuer = audience = None

for line in sys.stdin:
    question = json.loads(line)
    answer = {}
    if "jwks" in question:
        client = jwt.PyJWKClient(question["jwks"])
        issuer, audience = question["issuer"], question["audience"]
    else:
        token = question["token"]
        try:
            key = client.get_signing_key_from_jwt(token)
            answer["claims"] = jwt.decode(
                token,
                key.key,
                algorithms=["ES256", "RS256", "EdDSA"],
                issuer=issuer,
                audience=audience,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
            answer["header"] = jwt.get_unverified_header(token)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
