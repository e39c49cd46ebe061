// Work in progress: kept in this browser with every change, on the server after a pause in typing.
// A save that another window overtook is never forced and never dropped: both versions stay.
// What lies in the browser outlives a crash; it goes as soon as the server has it, and with the assessment.
import { isOver } from "./times.js";

const IDLE = 1000;
const LONGEST = 10000; // who writes without a pause is saved all the same
const LEFT_BEHIND = 15000; // older than that: the page that wrote it is gone, or has no connection
const KEPT_ALIVE = 20000; // what a browser still sends after the page is gone: 64 kB, three a character
const RETRY = [2000, 5000, 10000, 30000];
const KEPT = "draft:";

// Whose work may lie in this browser: an assessment's id, or "" for nobody's. Other pages do not say.
const owner = document.documentElement.dataset.drafts;

// Everything kept under a prefix, the newest first. Each page writes under a key of its own.
function keptUnder(prefix) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const all = keys.map((key) => ({ key, text: localStorage.getItem(key), ...JSON.parse(localStorage.getItem(key)) }));
  return all.sort((one, other) => other.at - one.at);
}

// Nothing of others is left for the next user of this computer.
function sweep() {
  if (owner === undefined) return;
  const own = `${KEPT}${owner}:`;
  for (const { key } of keptUnder(KEPT)) if (!owner || !key.startsWith(own)) localStorage.removeItem(key);
}

async function send(address, { revision, payload, at }) {
  const body = JSON.stringify({
    base_revision: revision,
    payload,
    typed_seconds_ago: Math.max(0, Date.now() - at) / 1000, // a difference: the clock itself may be wrong
  });
  const answer = await fetch(address, {
    method: "PUT",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body,
    keepalive: body.length < KEPT_ALIVE,
  });
  // What stands between us and the service answers with a page of its own: no answer is no reason to stop.
  if (answer.status >= 500) throw new TypeError(answer.statusText);
  return { ok: answer.ok, said: await answer.json() };
}

// Sends what pages left behind that are gone. Where a form takes it up, that one sees to it.
async function sendLeftBehind() {
  if (!owner || document.querySelector("[data-draft]")) return;
  for (const left of keptUnder(`${KEPT}${owner}:`)) {
    if (Date.now() - left.at < LEFT_BEHIND) continue;
    const { ok, said } = await send(left.address, left).catch(() => ({}));
    const isThere = ok || (said?.stored && JSON.stringify(said.stored.payload) === JSON.stringify(left.payload));
    if (isThere && localStorage.getItem(left.key) === left.text) localStorage.removeItem(left.key);
  }
}

export class Draft {
  constructor({ address, revision, read, show }) {
    Object.assign(this, { address, revision, read, show });
    this.prefix = `${KEPT}${owner}:${address}:`;
    this.key = this.prefix + crypto.getRandomValues(new Uint32Array(2)).join("");
    this.inTime = read();
    this.at = Date.now();
    this.saved = JSON.stringify(this.inTime);
    this.tries = 0;
    addEventListener("online", () => this.isChanged() && this.save());
    // Who leaves the tab may not come back to it: nothing waits for a pause in typing then.
    document.addEventListener("visibilitychange", () => document.hidden && this.isChanged() && this.save());
  }

  // What stands in the form, or stood there when the time ran out: that counts, however late it arrives.
  work() {
    if (!isOver()) this.inTime = this.read();
    return this.inTime;
  }

  isChanged() {
    return JSON.stringify(this.work()) !== this.saved;
  }

  // The newest that an earlier page could not save, if there is any: it is this page's from now on.
  unsaved() {
    for (const { key, revision, payload, at } of keptUnder(this.prefix)) {
      this.key = key;
      if (JSON.stringify(payload) === this.saved) {
        this.forget();
        continue;
      }
      Object.assign(this, { inTime: payload, at });
      return { payload, stale: revision !== this.revision };
    }
    return null;
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  keep() {
    const { address, revision, at } = this;
    try {
      localStorage.setItem(this.key, JSON.stringify({ address, revision, at, payload: this.work() }));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error; // full: then the server alone has it
    }
  }

  changed() {
    if (isOver()) return;
    this.at = Date.now();
    this.keep();
    this.show("unsaved");
    clearTimeout(this.timer);
    this.since ??= Date.now();
    if (this.conflict) return;
    this.timer = setTimeout(() => this.save(), Math.min(IDLE, Math.max(0, this.since + LONGEST - Date.now())));
  }

  // Resolves when the save that was on its way has come to its end.
  async stop() {
    clearTimeout(this.timer);
    this.stopped = true;
    await this.running?.catch(() => {}); // what comes next sends all of it
  }

  // What stands in the form was refused, since it is on top of an older revision.
  overtaken(base) {
    this.revision = base;
    this.saved = "";
    this.keep();
    return this.save();
  }

  async save() {
    clearTimeout(this.timer);
    if (this.stopped || this.conflict) return;
    if (this.running) return void (this.again = true);
    this.since = null;
    this.show("saving");
    this.running = this.attempt().finally(() => (this.running = null));
    await this.running;
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  async attempt() {
    try {
      await this.put(this.work());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says "no network" by a TypeError
      this.show("offline");
      this.timer = setTimeout(() => this.save(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
    }
  }

  async put(payload) {
    const { ok, said } = await send(this.address, { revision: this.revision, payload, at: this.at });
    if (ok) {
      this.tries = 0;
      this.revision = said.revision;
      this.saved = JSON.stringify(payload);
      if (!this.isChanged()) this.forget();
      this.show("saved", {
        at: new Date(said.saved_at),
        revision: said.revision,
        secondsLeft: said.seconds_left,
      });
    } else if (said.code === "stale-revision") {
      this.meet(said.stored);
    } else {
      this.show("refused", { why: said.detail });
    }
  }

  // Somebody saved in between. The same words are no conflict.
  meet(stored) {
    this.revision = stored.revision;
    this.saved = JSON.stringify(stored.payload);
    if (!this.isChanged()) return this.show("saved", { at: new Date(), revision: stored.revision });
    this.conflict = stored;
    this.show("conflict", { stored: stored.payload });
  }

  // A version was chosen; it stands in the form.
  settle() {
    this.conflict = null;
    this.inTime = this.read();
    this.keep();
    this.changed();
    return this.save();
  }
}

sweep();
sendLeftBehind();
setTimeout(sendLeftBehind, LEFT_BEHIND); // by then it is known whether somebody still writes it
addEventListener("online", sendLeftBehind);
