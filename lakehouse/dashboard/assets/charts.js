// Small charts in SVG: stacked bars and lines over the last seconds. Everything is built as nodes, never as markup.
const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = { left: 56, right: 6, top: 8, bottom: 20 };

export function node(name, attributes = {}, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The next round number at or above a value.
function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

export function short(value) {
  if (value >= 10000) return `${+(value / 1000).toPrecision(3)}k`;
  return `${+value.toPrecision(3)}`;
}

// A frame with grid and axes; `length` slots from left to right, the newest last.
function frame(plot, length, most, unit) {
  const width = Math.max(plot.clientWidth, 120);
  const height = Math.max(plot.clientHeight, 80);
  const svg = node("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const top = roundUp(most);
  const y = (value) => MARGIN.top + inner.height * (1 - Math.min(value / top, 1));
  const x = (slot) => MARGIN.left + (inner.width * slot) / length;
  for (const part of [0, 0.5, 1]) {
    const line = y(top * part);
    svg.append(node("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: line, y2: line }));
    svg.append(node("text", { x: MARGIN.left - 8, y: line + 4, "text-anchor": "end" }, part ? short(top * part) + unit : "0"));
  }
  for (const [slot, text, anchor] of [[0, "2 min ago", "start"], [length / 2, "1 min", "middle"], [length, "now", "end"]]) {
    svg.append(node("text", { x: x(slot), y: height - 4, "text-anchor": anchor }, text));
  }
  return { svg, x, y, height };
}

// A dashed line under the pointer, and the slot it stands on.
function finish(plot, { svg, x, height }, length) {
  const slot = plot.pointed;
  if (slot !== undefined) {
    const at = x(Math.min(slot, length - 1) + 0.5);
    svg.append(node("line", { class: "cursor", x1: at, x2: at, y1: MARGIN.top, y2: height - MARGIN.bottom }));
  }
  plot.replaceChildren(svg);
}

export function bars(plot, slots, names) {
  const most = Math.max(...slots.map((slot) => names.reduce((sum, name) => sum + slot[name], 0)), 1);
  const made = frame(plot, slots.length, most, "");
  const width = Math.max(made.x(1) - made.x(0) - 1, 1);
  slots.forEach((slot, index) => {
    let below = 0;
    for (const name of names) {
      if (!slot[name]) continue;
      const low = made.y(below);
      const high = made.y(below + slot[name]);
      below += slot[name];
      made.svg.append(node("rect", { class: name, x: made.x(index), y: high, width, height: Math.max(low - high, 1) }));
    }
  });
  finish(plot, made, slots.length);
}

export function lines(plot, slots, names) {
  const values = slots.flatMap((slot) => names.map((name) => slot[`${name}_ms`] ?? 0));
  const made = frame(plot, slots.length, Math.max(...values, 1), " ms");
  for (const name of names) {
    let path = "";
    let isDown = false;
    slots.forEach((slot, index) => {
      const value = slot[`${name}_ms`];
      if (value === null) {
        isDown = false;
      } else {
        path += `${isDown ? "L" : "M"}${made.x(index + 0.5).toFixed(1)} ${made.y(value).toFixed(1)}`;
        if (!isDown) path += "h0.1";
        isDown = true;
      }
    });
    if (path) made.svg.append(node("path", { class: name, d: path }));
  }
  finish(plot, made, slots.length);
}

// Calls back with the slot under the pointer, or `undefined` when it leaves.
export function follow(plot, length, changed) {
  const point = (slot) => {
    if (plot.pointed === slot) return;
    plot.pointed = slot;
    changed();
  };
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const share = (event.clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right);
    point(share < 0 || share > 1 ? undefined : Math.min(Math.floor(share * length()), length() - 1));
  });
  plot.addEventListener("pointerleave", () => point(undefined));
}

export function mix(place, outcomes, names) {
  const total = names.reduce((sum, name) => sum + outcomes[name], 0);
  const svg = node("svg", { viewBox: "0 0 100 1", preserveAspectRatio: "none" });
  let left = 0;
  for (const name of names) {
    const width = total ? (outcomes[name] / total) * 100 : 0;
    svg.append(node("rect", { class: name, x: left, y: 0, width, height: 1 }));
    left += width;
  }
  place.replaceChildren(svg);
}
