// Requests to the server: what it answers, or why it did not.

// Why a request failed. status: of HTTP, 0 where the server was not reached; told: what the server said beside the reason.
export class Failed extends Error {
  constructor(why, status, told = {}) {
    super(why);
    this.status = status;
    this.told = told;
  }

  // Whether the same request may succeed later: the server is away, out of room, or has a new key.
  get passes() {
    return this.status === 0 || this.status === 403 || this.status >= 500;
  }
}

export async function ask(path, body, seconds = 60) {
  const request = { signal: AbortSignal.timeout(seconds * 1000), cache: "no-store" };
  if (body) Object.assign(request, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  let reply;
  let told;
  try {
    reply = await fetch(path, request);
    told = await reply.json();
  } catch {
    if (!reply || reply.ok) throw new Failed("the server does not answer; 'judgekit label' must run, and where it was started anew, its new link be opened", 0);
    told = {};
  }
  if (reply.ok) return told;
  throw new Failed(told.error ?? `the server answers ${reply.status}`, reply.status, told);
}

export function getNext(name, have) {
  return ask(`/api/next?${new URLSearchParams([["annotator", name], ...have.map((key) => ["have", key])])}`);
}
