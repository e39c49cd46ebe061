// The interview: shows what the server's stream says, once each, and sends messages until they are acknowledged.
import { Draft } from "./draft.js";
import { clock, fill, setSecondsLeft, standStill } from "./times.js";

const WATCHDOG = 25000; // the server beats every 10 s; a socket can die while it still says it is open
const SLOW = 8000;
const TRIES = 6;
const CLOSED = 2;

// Stream ids are {seq}.{run}.{offset}.
function parse(id) {
  const [seq, run = "", offset = "0"] = id.split(".");
  return { seq: Number(seq), run, offset: Number(offset), id };
}

function messageId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page is secure
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

class ChatLog extends HTMLElement {
  connectedCallback() {
    this.log = this.querySelector(".log");
    this.form = this.querySelector("form");
    this.box = this.form.elements.text;
    this.status = this.querySelector("[data-status]");
    this.live = null;
    this.words = "";
    this.last = parse(`${this.dataset.last}..0`);
    this.sending = false;
    this.outgoing = "";
    this.listenToPage();
    this.readyDraft();
    if (!location.hash.startsWith("#turn-")) this.toEnd();
    if (this.dataset.open === "yes") this.open();
  }

  // --- the stream ---------------------------------------------------------------------------

  open() {
    this.close();
    if (this.finished) return;
    const source = new EventSource(`${this.dataset.stream}?after=${encodeURIComponent(this.last.id)}`);
    const on = (kind, act) =>
      source.addEventListener(kind, (event) => {
        this.alive();
        act(JSON.parse(event.data), parse(event.lastEventId || this.last.id));
      });
    on("state", ({ seconds_left: left, paused, brief }) => this.connected(left, paused, brief));
    on("user", (data, at) => this.isNew(at) && this.showOwn(data, at.seq));
    on("start", (_, at) => this.isNewRun(at) && this.startReply());
    on("tok", (text, at) => this.isNextWords(at) && this.addWords(text));
    on("done", (data, at) => this.isNew(at) && this.endReply(data));
    on("hb", () => {});
    on("pause", () => this.rest());
    on("end", () => this.finish());
    on("moved", () => this.moved());
    source.onerror = () => {
      if (source.readyState === CLOSED) this.retry();
      else if (!this.brief) this.say(this.dataset.tReconnecting);
    };
    this.source = source;
    this.alive();
  }

  close() {
    clearTimeout(this.watchdog);
    clearTimeout(this.reopening);
    this.source?.close();
    this.source = null;
  }

  // A refusal ends an EventSource for good and does not tell which one it was.
  async retry() {
    const { url } = this.source;
    this.close();
    this.say(this.dataset.tReconnecting);
    const asking = new AbortController();
    const headers = { Accept: "text/event-stream" };
    const answer = await fetch(url, { headers, signal: asking.signal }).catch(() => null);
    asking.abort();
    if (answer?.status === 204) return this.finish();
    if (answer && answer.status >= 400 && answer.status < 500) return location.reload();
    this.failures = (this.failures ?? 0) + 1;
    this.reopening = setTimeout(() => this.open(), Math.min(500 * 2 ** this.failures, 15000));
  }

  alive() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.open(), WATCHDOG);
  }

  // A brief stream ends at once and is asked for again soon, which is no trouble.
  connected(secondsLeft, paused, brief = false) {
    this.failures = 0;
    this.brief = brief;
    setSecondsLeft(secondsLeft);
    if (!paused) this.showPaused(false);
    if (this.status.textContent === this.dataset.tReconnecting) this.say("");
  }

  isNew(at) {
    if (at.seq <= this.last.seq) return false;
    this.last = at;
    return true;
  }

  isNewRun(at) {
    if (at.seq < this.last.seq || (at.seq === this.last.seq && at.run === this.last.run)) return false;
    this.last = at;
    return true;
  }

  isNextWords(at) {
    if (at.seq !== this.last.seq || at.run !== this.last.run || at.offset <= this.last.offset) return false;
    this.last = at;
    return true;
  }

  // --- what is shown ------------------------------------------------------------------------

  bubble(who, isMine) {
    const turn = document.createElement("li");
    turn.className = isMine ? "turn mine" : "turn";
    const name = document.createElement("p");
    name.className = "who";
    name.textContent = who;
    const said = document.createElement("div");
    said.className = "said";
    if (!isMine) said.lang = this.dataset.language; // the interview may be in another language than the page
    turn.append(name, said);
    this.log.append(turn);
    return { turn, name, said };
  }

  showOwn({ cmid, text, is_answer: isAnswer }, seq) {
    const waiting = this.log.querySelector(`[data-cmid="${CSS.escape(cmid)}"]`);
    if (waiting) {
      waiting.querySelector(".who").textContent = this.dataset.tMine;
      this.offer(waiting, seq, isAnswer);
    } else {
      const { turn, said } = this.bubble(this.dataset.tMine, true);
      turn.dataset.cmid = cmid;
      said.textContent = text;
      this.offer(turn, seq, isAnswer);
      this.toEnd();
    }
    this.expectReply();
  }

  // Links to correct an answer and to take words back, as the server writes them for older messages.
  offer(turn, seq, isAnswer) {
    if (turn.querySelector(".own-actions")) return;
    const actions = this.querySelector("[data-own-actions]").content.cloneNode(true);
    for (const link of actions.querySelectorAll("a")) {
      const address = link.getAttribute("href");
      if (!isAnswer && address.endsWith("/correct")) link.remove();
      else link.setAttribute("href", address.replace("SEQ", seq));
    }
    turn.append(actions);
    turn.id = `turn-${seq}`;
  }

  expectReply() {
    clearTimeout(this.slow);
    this.slow = setTimeout(() => this.say(this.dataset.tSlow), SLOW);
  }

  startReply() {
    this.live?.turn.remove();
    this.words = "";
    this.live = this.bubble(`${this.dataset.tTheirs} · ${this.dataset.tWriting}`, false);
    this.live.turn.classList.add("live");
    this.announce(this.dataset.tWriting);
    this.expectReply();
    this.toEnd();
  }

  addWords(text) {
    if (!this.live) this.startReply();
    this.words += text;
    if (this.drawing) return;
    this.drawing = true;
    // One write a frame; frames stand still in a hidden tab, timers do not.
    const draw = () => {
      this.drawing = false;
      if (!this.live) return;
      const follows = this.isAtEnd();
      this.live.said.textContent = this.words;
      if (follows) this.toEnd();
    };
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }

  endReply({ html, text }) {
    clearTimeout(this.slow);
    const follows = this.isAtEnd();
    const { turn, name, said } = this.live ?? this.bubble("", false);
    this.live = null;
    turn.classList.remove("live");
    name.textContent = this.dataset.tTheirs;
    said.innerHTML = html; // made and cleaned by the server
    this.announce(`${this.dataset.tSaid} ${text}`);
    if (this.status.textContent === this.dataset.tSlow) this.say("");
    if (follows) this.toEnd();
  }

  // The clock stands still. What is in the box stays there, and goes along with "Go on".
  rest() {
    this.close();
    clearTimeout(this.slow);
    standStill();
    this.say("");
    const hadFocus = document.activeElement === document.body || this.form.contains(document.activeElement);
    this.showPaused(true);
    this.announce(this.dataset.tPaused);
    if (hadFocus) this.querySelector(".paused button").focus();
  }

  showPaused(isPaused) {
    this.form.hidden = isPaused || Boolean(this.finished);
    this.querySelector(".paused").hidden = !isPaused;
  }

  // The candidate went on in another browser: this one is signed out. What is in the box stays readable.
  moved() {
    this.finished = true;
    this.close();
    this.draft.forget();
    this.say(this.dataset.tMoved, true);
    this.announce(this.dataset.tMoved);
  }

  finish() {
    this.finished = true;
    this.close();
    clearTimeout(this.slow);
    this.say("");
    this.form.hidden = true;
    this.querySelector(".finished").hidden = false;
    this.announce(this.dataset.tFinished);
    if (document.activeElement === document.body || this.form.contains(document.activeElement)) {
      this.querySelector(".finished a").focus();
    }
  }

  say(text, isBad = false) {
    this.status.textContent = text;
    this.status.classList.toggle("bad", isBad);
  }

  announce(text) {
    this.querySelector("[data-announce]").textContent = text;
  }

  // How far the end of the conversation lies below the window's. What follows it stays out of sight.
  below() {
    return this.getBoundingClientRect().bottom - document.documentElement.clientHeight;
  }

  isAtEnd() {
    return Math.abs(this.below()) < 160;
  }

  toEnd() {
    document.scrollingElement.scrollTop += this.below();
  }

  // --- sending ------------------------------------------------------------------------------

  async send() {
    const text = this.box.value;
    if (this.sending || !text.trim()) return;
    this.sending = true;
    const cmid = messageId();
    const { turn, name, said } = this.bubble(`${this.dataset.tMine} · ${this.dataset.tSending}`, true);
    turn.dataset.cmid = cmid;
    said.textContent = text;
    this.box.value = "";
    this.outgoing = text;
    this.toEnd();
    this.box.focus({ preventScroll: true }); // the button had it, or the next answer would need a click
    const refused = await this.post(cmid, text, name);
    this.sending = false;
    this.outgoing = "";
    if (refused === null) return this.accepted(name);
    // The stream may have shown it meanwhile: then it arrived, and only the answer was lost.
    if (this.last.seq && !turn.isConnected) return;
    turn.remove();
    this.box.value = this.box.value ? `${text}\n${this.box.value}` : text;
    this.draft.changed();
    this.say(refused, true);
    this.box.focus();
  }

  accepted(name) {
    name.textContent = this.dataset.tMine;
    this.say("");
    this.expectReply();
    this.draft.changed();
    if (!this.source && !this.finished) this.open();
  }

  // Returns null when it was taken, else why not. The same id each time: arriving twice is arriving once.
  async post(cmid, text, name) {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(this.form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ cmid, text }),
      }).catch(() => null);
      if (answer?.ok) return null;
      if (answer && answer.status < 500) return (await answer.json()).detail;
      if (tries === TRIES) return navigator.onLine ? this.dataset.tUnsent : this.dataset.tOffline;
      name.textContent = `${this.dataset.tMine} · ${this.dataset.tRetrying}`;
      await sleep(Math.min(500 * 2 ** tries, 8000) * (0.5 + Math.random() / 2));
    }
  }

  // --- the page around it -------------------------------------------------------------------

  listenToPage() {
    this.form.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("formaction")) return; // a break, or going on: a page of its own
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    const again = () => this.dataset.open === "yes" && this.open();
    addEventListener("online", again);
    addEventListener("offline", () => this.say(this.dataset.tOffline, true));
    addEventListener("pageshow", (event) => event.persisted && again());
    addEventListener("pagehide", () => this.close());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.source) again();
    });
  }

  readyDraft() {
    if (!this.form.dataset.draft) return void (this.draft = { changed() {}, forget() {} }); // practice: nothing is kept
    this.draft = new Draft({
      address: this.form.dataset.draft,
      revision: Number(this.form.dataset.revision),
      // What is on its way is work in progress until it has arrived.
      read: () => ({ text: [this.outgoing, this.box.value].filter(Boolean).join("\n") }),
      show: (state, about) => this.showDraft(state, about),
    });
    this.restore(this.draft.unsaved());
    this.box.addEventListener("input", () => this.draft.changed());
  }

  restore(kept) {
    if (!kept) return;
    const { text } = kept.payload;
    if (this.wasSent(text) || (kept.stale && !text)) return this.draft.forget();
    const theirs = this.box.value;
    this.box.value = text;
    if (kept.stale) this.meet(theirs);
    else this.draft.changed();
  }

  wasSent(text) {
    const own = [...this.log.querySelectorAll(".mine .said")].at(-1);
    return own?.textContent.trim() === text.trim();
  }

  showDraft(state, about = {}) {
    if (state === "saved" && this.box.value) this.say(fill(this.dataset.tSaved, { time: clock(about.at) }));
    if (state === "offline") this.say(this.dataset.tOffline, true);
    if (state === "conflict") this.meet(about.stored.text ?? "");
  }

  // Two windows, one box: what was typed here stays here, what the other has is shown.
  meet(theirs) {
    if (theirs && !this.wasSent(theirs)) this.say(fill(this.dataset.tConflict, { text: theirs }), true);
    this.draft.settle();
  }
}

customElements.define("chat-log", ChatLog);
