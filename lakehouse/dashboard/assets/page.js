// The live board: one snapshot a second from `/live`, alerts from `/api/alerts` when there are new ones.
import { bars, follow, lines, mix, short } from "./charts.js";

const OUTCOMES = ["approve", "review", "decline"];
const PERCENTILES = ["p50", "p95", "p99"];
const SILENCE_MS = 5000;
const WAIT_MS = { least: 1000, most: 10000 };
const SLOTS = 119;
const SHOWN_REASONS = 2;

const at = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en");
const state = { source: null, latest: null, isPaused: false, alertSequence: -1, heardAt: 0, wait: WAIT_MS.least, announcedAt: 0 };

const percent = (share) => (share === null ? "–" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`);
const clock = (text) => new Date(text).toLocaleTimeString("en-GB");
const milliseconds = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

function figure(id, value, unit) {
  at(id).replaceChildren(value, ...(unit ? [element("small", {}, unit)] : []));
}

// ---- status ----
function show(kind, text) {
  const status = at("status");
  status.className = `status ${kind}`;
  if (status.textContent !== text) status.textContent = text;
}

// ---- figures and charts ----
function behind(id, value, before) {
  const gap = Math.max(before - value, 0);
  at(id).replaceChildren(...(gap ? [element("small", {}, `${whole.format(gap)} behind`)] : []), whole.format(value));
}

function warn(id, value) {
  at(id).textContent = whole.format(value);
  at(id).className = value ? "bad" : "";
}

function figures(board) {
  const { counters, outcomes, latency } = board;
  const rate = board.decisions_per_second;
  figure("rate", rate >= 100 ? whole.format(Math.round(rate)) : rate.toFixed(1), "/s");
  figure("share", percent(board.alert_share_last_minute));
  at("share-all").textContent = percent(board.alert_share);
  for (const name of PERCENTILES) {
    if (latency) figure(name, milliseconds(latency[`${name}_ms`]), "ms");
  }
  if (latency) {
    const span = latency.is_last_minute ? "last minute" : "since start";
    document.querySelectorAll(".latency-span").forEach((note) => (note.textContent = `arrival to decision, ${span}`));
  }
  figure("decided", whole.format(counters.decided));
  at("alerts-total").textContent = whole.format(outcomes.review + outcomes.decline);
  at("uptime").textContent = duration(board.uptime_seconds);
  at("accepted").textContent = whole.format(counters.accepted);
  behind("flow-decided", counters.decided, counters.accepted);
  behind("in-lake", counters.in_lake, counters.decided);
  at("labels").textContent = whole.format(counters.labels);
  warn("rejected", counters.rejected);
  warn("dead-letters", counters.dead_letters);
  for (const name of OUTCOMES) at(name).textContent = whole.format(outcomes[name]);
  mix(at("mix"), outcomes, OUTCOMES);
  const isEmpty = counters.decided + outcomes.approve + outcomes.review + outcomes.decline + board.alert_sequence === 0;
  at("empty").hidden = !isEmpty;
}

function slots() {
  const none = { approve: 0, review: 0, decline: 0, p50_ms: null, p95_ms: null, p99_ms: null };
  const seconds = state.latest?.seconds ?? [];
  return [...Array(Math.max(SLOTS - seconds.length, 0)).fill(none), ...seconds];
}

function legend(id, plot, entries, all) {
  const index = plot.pointed ?? all.length - 1;
  const when = plot.pointed === undefined ? "now" : `${all.length - index} s ago`;
  const keys = entries.map(([name, text]) =>
    element("span", {}, element("i", { className: `key ${name}` }), `${name} `, element("b", {}, text(all[index]))));
  at(id).replaceChildren(...keys, element("span", {}, when));
}

function draw() {
  const all = slots();
  const throughput = at("throughput");
  const latency = at("latency");
  bars(throughput, all, OUTCOMES);
  lines(latency, all, PERCENTILES);
  legend("throughput-legend", throughput, OUTCOMES.map((name) => [name, (slot) => whole.format(slot[name])]), all);
  const text = (name) => (slot) => (slot[`${name}_ms`] === null ? "–" : `${short(slot[`${name}_ms`])} ms`);
  legend("latency-legend", latency, PERCENTILES.map((name) => [name, text(name)]), all);
}

// ---- alerts ----
function row(alert, isFresh) {
  const all = [...alert.rules.map((rule) => `rule ${rule}`), ...alert.reasons.map((reason) => reason.text)];
  const because = all.slice(0, SHOWN_REASONS).map((text) => element("span", {}, text));
  if (!because.length) because.push(element("span", {}, "no reason recorded"));
  const link = element("a", { href: `/decisions/${encodeURIComponent(alert.transaction_id)}`, title: alert.transaction_id });
  link.append(alert.transaction_id);
  return element("tr", { className: isFresh ? "fresh" : "" },
    element("td", { className: "when", title: alert.decided_at }, clock(alert.decided_at)),
    element("td", { className: "outcome" }, element("span", { className: `badge ${alert.outcome}` }, alert.outcome)),
    element("td", { className: "score number" }, alert.score === null ? "–" : `${(alert.score * 100).toFixed(1)} %`),
    element("td", { className: "amount number" }, alert.amount),
    element("td", { className: "id" }, link),
    element("td", { className: "customer muted" }, alert.customer),
    element("td", { className: "why" }, ...because));
}

function announce(count) {
  const now = Date.now();
  if (count < 1 || now - state.announcedAt < 15000) return;
  state.announcedAt = now;
  at("announce").textContent = count === 1 ? "1 new alert" : `${count} new alerts`;
}

async function alerts(sequence) {
  const before = state.alertSequence;
  if (sequence === before) return;
  const answer = await fetch("/api/alerts");
  if (!answer.ok) return;
  const list = await answer.json();
  state.alertSequence = sequence;
  if (!list.length) return;
  const body = at("alerts");
  // A reader who stands on a link keeps it: the list waits until the focus has left.
  const isHeld = before >= 0 && body.contains(document.activeElement);
  at("alerts-note").textContent = isHeld ? "new ones wait while a link has the focus" : "review and decline, newest first";
  if (isHeld) {
    state.alertSequence = before;
    return;
  }
  body.replaceChildren(...list.map((alert) => row(alert, before >= 0 && alert.sequence > before)));
  if (before >= 0) announce(sequence - before);
}

// ---- connection ----
function receive(event) {
  state.heardAt = Date.now();
  state.wait = WAIT_MS.least;
  if (state.isPaused) {
    show("paused", "paused");
    return;
  }
  state.latest = JSON.parse(event.data);
  show("live", "live");
  figures(state.latest);
  draw();
  dispatchEvent(new CustomEvent("board", { detail: state.latest }));
  alerts(state.latest.alert_sequence).catch(() => {});
}

function lost() {
  state.source?.close();
  state.source = null;
  show("lost", "connection lost, trying again …");
  dispatchEvent(new CustomEvent("board-lost"));
  setTimeout(connect, state.wait);
  state.wait = Math.min(state.wait * 2, WAIT_MS.most);
}

function connect() {
  if (state.source) return;
  state.heardAt = Date.now();
  state.source = new EventSource("/live");
  state.source.addEventListener("message", receive);
  state.source.addEventListener("error", lost);
}

setInterval(() => {
  if (state.source && Date.now() - state.heardAt > SILENCE_MS) lost();
}, 1000);

at("pause").addEventListener("click", () => {
  state.isPaused = !state.isPaused;
  at("pause").setAttribute("aria-pressed", state.isPaused);
  at("pause").textContent = state.isPaused ? "Resume" : "Pause";
  show(state.isPaused ? "paused" : "waiting", state.isPaused ? "paused" : "resuming …");
});

for (const id of ["throughput", "latency"]) follow(at(id), () => SLOTS, draw);
addEventListener("resize", draw);
draw();
connect();
