// Moves the parts of a template about on its picture and writes their places
// into the form. Without it the form works as it is.
"use strict";
(() => {
  const svg = document.querySelector("[data-designer] svg");
  if (!svg) return;
  const point = 72 / 25.4; // of a millimetre
  const field = (part, name) => document.querySelector(`[name="p${part}.${name}"]`);
  const at = e => { const m = svg.getScreenCTM().inverse(); return new DOMPoint(e.clientX, e.clientY).matrixTransform(m) };
  const set = (part, name, mm) => { const f = field(part, name); if (f) f.value = String(Math.max(0, Math.round(mm * 2) / 2)) };
  let held = null;
  for (const r of svg.querySelectorAll("rect[data-part]")) {
    r.setAttribute("tabindex", "0");
    r.setAttribute("role", "button");
    r.setAttribute("aria-label", document.querySelector(`[data-name="${r.dataset.part}"]`)?.dataset.words || r.dataset.part);
    const place = (x, y, w, h) => {
      for (const [k, v] of [["x", x], ["y", y], ["width", w], ["height", h]]) r.setAttribute(k, v);
      set(r.dataset.part, "x", x / point); set(r.dataset.part, "y", y / point);
      set(r.dataset.part, "wide", w / point); set(r.dataset.part, "high", h / point);
    };
    const box = () => ["x", "y", "width", "height"].map(k => Number(r.getAttribute(k)));
    r.addEventListener("pointerdown", e => {
      const p = at(e), b = box();
      held = {r, p, b, size: p.x > b[0] + b[2] - 10 && p.y > b[1] + b[3] - 10};
      r.setPointerCapture(e.pointerId);
      e.preventDefault();
    });
    r.addEventListener("pointermove", e => {
      if (!held || held.r !== r) return;
      const p = at(e), [x, y, w, h] = held.b, dx = p.x - held.p.x, dy = p.y - held.p.y;
      if (held.size) place(x, y, Math.max(8, w + dx), Math.max(8, h + dy)); else place(Math.max(0, x + dx), Math.max(0, y + dy), w, h);
    });
    r.addEventListener("pointerup", () => { held = null });
    r.addEventListener("keydown", e => {
      const step = e.shiftKey ? 5 : 1, move = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step]}[e.key];
      if (!move) return;
      const [x, y, w, h] = box();
      place(Math.max(0, x + move[0] * point), Math.max(0, y + move[1] * point), w, h);
      e.preventDefault();
    });
  }
})();
