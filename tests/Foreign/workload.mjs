// A SPIFFE Workload API on a Unix socket, of npm's gRPC: everything below the messages is another one's work.
//   in:  {"proto": "workload.proto", "socket": "/path"}            starts to listen; once
//        {"response": {"svids": [{"spiffe_id": "...", "x509_svid": "base64", ...}], "federated_bundles": {"spiffe://...": "base64"}}}
//                                                                  pushed to whoever listens, and to whoever calls from now on
//        {"status": 7, "message": "..."}                           ends every call with this status, also those to come
//   out: {"streams": n, "calls": n, "metadata": {...}}             of the last call
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { answer } from './lines.mjs';

const streams = new Set();
let state = { status: grpc.status.UNAVAILABLE, message: 'starting' };
let calls = 0;
let metadata = {};

function decode({ svids, federated_bundles: federated = {} }) {
  const bytes = (text) => Buffer.from(text, 'base64');
  return {
    svids: svids.map((svid) => ({ ...svid, x509_svid: bytes(svid.x509_svid), x509_svid_key: bytes(svid.x509_svid_key), bundle: bytes(svid.bundle) })),
    federated_bundles: Object.fromEntries(Object.entries(federated).map(([name, der]) => [name, bytes(der)])),
  };
}

function tell(call) {
  if (state.response) call.write(decode(state.response));
  else call.emit('error', { code: state.status, details: state.message });
}

function fetch(call) {
  calls += 1;
  metadata = call.metadata.getMap();
  if (metadata['workload.spiffe.io'] !== 'true') {
    call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: 'security header missing from request' });
    return;
  }
  streams.add(call);
  for (const end of ['cancelled', 'close', 'error', 'finish']) call.on(end, () => streams.delete(call));
  tell(call);
}

function listen(proto, socket) {
  const { SpiffeWorkloadAPI } = grpc.loadPackageDefinition(loadSync(proto, { keepCase: true }));
  const server = new grpc.Server();
  server.addService(SpiffeWorkloadAPI.service, { FetchX509SVID: fetch });
  return new Promise((resolve, reject) => server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())));
}

await answer(async (ask) => {
  if (ask.socket) await listen(ask.proto, ask.socket);
  if (ask.response || ask.status) {
    state = ask;
    for (const call of [...streams]) tell(call);
  }
  return { streams: streams.size, calls, metadata };
});
