// Work in progress: kept in this tab with every change, on the server after a pause in typing.
// A save that another window overtook is never forced and never dropped: both versions stay.
const IDLE = 1000;
const RETRY = [2000, 5000, 10000, 30000];

export class Draft {
  constructor({ address, revision, read, show }) {
    Object.assign(this, { address, revision, read, show });
    this.key = `draft:${address}`;
    this.saved = JSON.stringify(read());
    this.tries = 0;
    addEventListener("online", () => this.isChanged() && this.save());
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
    if (!this.conflict) this.timer = setTimeout(() => this.save(), IDLE);
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.stopped || this.conflict) return;
    if (this.running) return void (this.again = true);
    this.running = true;
    const payload = this.read();
    this.show("saving");
    try {
      await this.put(payload);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says "no network" by a TypeError
      this.show("offline");
      this.timer = setTimeout(() => this.save(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
    } finally {
      this.running = false;
    }
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  async put(payload) {
    const answer = await fetch(this.address, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ base_revision: this.revision, payload }),
    });
    const body = await answer.json();
    if (answer.ok) {
      this.tries = 0;
      this.revision = body.revision;
      this.saved = JSON.stringify(payload);
      if (!this.isChanged()) this.forget();
      this.show("saved", {
        at: new Date(body.saved_at),
        revision: body.revision,
        secondsLeft: body.seconds_left,
      });
    } else if (body.code === "stale-revision") {
      this.meet(body.stored);
    } else if (answer.status >= 500) {
      throw new TypeError(body.title);
    } else {
      this.show("refused", { why: body.detail });
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

  settle() {
    this.conflict = null;
    return this.save();
  }
}
