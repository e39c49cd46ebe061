// Work in progress: kept in this tab with every change, on the server after a pause in typing.
// A save that another window overtook is never forced and never dropped: both versions stay.
const IDLE = 1000;
const LONGEST = 10000; // who writes without a pause is saved all the same
const KEPT_ALIVE = 20000; // what a browser still sends after the page is gone: 64 kB, three a character
const RETRY = [2000, 5000, 10000, 30000];

export class Draft {
  // `of` tells apart whose work it is, should two people use one tab.
  constructor({ address, of = "", revision, read, show }) {
    Object.assign(this, { address, revision, read, show });
    this.key = `draft:${of}:${address}`;
    this.saved = JSON.stringify(read());
    this.tries = 0;
    addEventListener("online", () => this.isChanged() && this.save());
    // Who leaves the tab may not come back to it: nothing waits for a pause in typing then.
    document.addEventListener("visibilitychange", () => document.hidden && this.isChanged() && this.save());
  }

  isChanged() {
    return JSON.stringify(this.read()) !== this.saved;
  }

  // What an earlier page of this tab could not save, if there is any.
  unsaved() {
    const kept = sessionStorage.getItem(this.key);
    if (!kept) return null;
    const { revision, payload } = JSON.parse(kept);
    if (JSON.stringify(payload) === this.saved) return this.forget();
    return { payload, stale: revision !== this.revision };
  }

  forget() {
    sessionStorage.removeItem(this.key);
    return null;
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify({ revision: this.revision, payload: this.read() }));
  }

  changed() {
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
    await this.running;
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
      await this.put(this.read());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says "no network" by a TypeError
      this.show("offline");
      this.timer = setTimeout(() => this.save(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
    }
  }

  async put(payload) {
    const body = JSON.stringify({ base_revision: this.revision, payload });
    const answer = await fetch(this.address, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      keepalive: body.length < KEPT_ALIVE,
    });
    // What stands between us and the service answers with a page of its own: no answer is no reason to stop.
    if (answer.status >= 500) throw new TypeError(answer.statusText);
    const said = await answer.json();
    if (answer.ok) {
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
    this.changed();
    return this.save();
  }
}
