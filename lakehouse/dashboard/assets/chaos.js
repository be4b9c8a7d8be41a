// Buttons that kill parts of the system, and what became of the traffic. The board hands each snapshot on, and says
// when the connection is lost.
const at = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en");
const known = (value) => (value === null ? "–" : whole.format(value));
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
const buttons = [...document.querySelectorAll(".chaos button")];

const WORDS = {
  scorer: "The scorer is dead. Transactions are still taken in and wait on the stream; in a second it starts again where its checkpoint stands.",
  archiver: "The archiver is dead. Decisions are still made and wait in the outbox; in a second it starts again where its checkpoint stands.",
  process: "The process is gone; the supervisor brings it back. The sender keeps what was not acknowledged and sends it again, under the same ids.",
  lost: "The process does not answer. If it is gone, the supervisor brings it back; the sender keeps what was not acknowledged.",
};
const BACK = {
  scorer: "The scorer is back. What it had not finished it begins again; what it had decided keeps its first decision.",
  archiver: "The archiver is back. What it had not finished it lands again, under the same file name.",
};

// So many snapshots after a lost connection without a restart: the process never ended.
const SAME_LIFE = 5;

const state = { kills: null, before: 0, dying: null, isGone: false, restartedAt: undefined, heard: 0 };

function say(text, kind = "") {
  const words = at("chaos-words");
  if (words.textContent !== text) words.textContent = text;
  words.className = `words ${kind}`;
}

function hold(part, isHeld) {
  for (const button of buttons) {
    if (part === "process" || button.dataset.part === part) button.disabled = isHeld;
  }
}

async function kill(part) {
  hold(part, true);
  const before = state.kills?.[part] ?? 0;
  try {
    const answer = await fetch(`/chaos/${part}`, { method: "POST", headers: { "weir-chaos": "page" } });
    if (!answer.ok) {
      const { error } = await answer.json();
      hold(part, false);
      say(`Not killed: ${error}.`);
      return;
    }
  } catch {
    // Gone before it could answer: that is what was asked for.
    if (part !== "process") return hold(part, false);
  }
  Object.assign(state, { dying: part, before, heard: 0 });
  say(WORDS[part], "dead");
}

function verdict(id, value) {
  at(id).textContent = known(value);
  at(id).classList.toggle("bad", value > 0);
  at(id).classList.toggle("good", value === 0);
}

function count(chaos) {
  verdict("chaos-lost", chaos.lost);
  verdict("chaos-twice", chaos.twice);
  at("chaos-acknowledged").textContent = known(chaos.acknowledged);
  at("chaos-decided").textContent = whole.format(chaos.decided);
  at("chaos-waiting").textContent = whole.format(chaos.waiting);
  state.kills = chaos.kills;
  const { scorer, archiver, process } = chaos.kills;
  at("chaos-kills").textContent = whole.format(scorer + archiver + process);
  at("chaos-kinds").textContent = `scorer ${scorer} · archiver ${archiver} · process ${process}`;
  if (chaos.last_restart) {
    at("chaos-restart").textContent = seconds(chaos.last_restart.away_ms);
    at("chaos-restarted").textContent = `of the whole process, at ${new Date(chaos.last_restart.at).toLocaleTimeString("en-GB")}`;
  }
}

function back(text) {
  state.isGone = false;
  state.dying = null;
  buttons.forEach((button) => (button.disabled = false));
  say(text);
}

function narrate(chaos) {
  const restart = chaos.last_restart;
  const restartedAt = restart?.at ?? null;
  if (state.isGone || state.dying === "process") {
    // Back only when the supervisor has said how long it took.
    state.heard += 1;
    if (restart && restartedAt !== state.restartedAt) {
      back(`The process is back after ${seconds(restart.away_ms)}. It goes on where the log and the store stand; the sender sends again what was not acknowledged.`);
    } else if (state.heard >= SAME_LIFE) {
      back("The connection is back; the process had not ended.");
    } else {
      return;
    }
  }
  state.restartedAt = restartedAt;
  const isDown = { scorer: chaos.is_scorer_down, archiver: chaos.is_archiver_down };
  for (const part of ["scorer", "archiver"]) hold(part, isDown[part]);
  // Snapshots from before the kill do not know of it.
  if (state.dying && !isDown[state.dying] && chaos.kills[state.dying] > state.before) {
    say(BACK[state.dying]);
    state.dying = null;
  }
}

addEventListener("board", ({ detail }) => {
  if (!detail.chaos) return;
  count(detail.chaos);
  narrate(detail.chaos);
});

addEventListener("board-lost", () => {
  hold("process", true);
  if (!state.isGone) say(WORDS[state.dying === "process" ? "process" : "lost"], "dead");
  state.isGone = true;
  state.heard = 0;
});

for (const button of buttons) button.addEventListener("click", () => kill(button.dataset.part));
