// Everything here is a convenience: each page works without it.
(function () {
  "use strict";
  var d = document, root = d.documentElement;
  var each = function (sel, f, from) { Array.prototype.forEach.call((from || d).querySelectorAll(sel), f); };
  var on = function (type, f, capture) { d.addEventListener(type, f, !!capture); };
  var up = function (el, sel) { return el && el.closest ? el.closest(sel) : null; };
  var live = function (text) { var r = d.getElementById("live"); if (r) { r.textContent = ""; setTimeout(function () { r.textContent = text; }, 50); } };
  var say = function (name, n) { return (root.getAttribute("data-w-" + name) || "").replace("{n}", n); };

  // After a refused form the reader starts at the list of problems.
  function focusProblems() { var s = d.querySelector(".errsum"); if (s) { s.focus(); } }

  // Characters are counted as people count them, not as bytes or code units.
  function count(el) {
    var out = d.getElementById(el.id + "-count"), max = +el.getAttribute("data-max");
    if (!out) { return; }
    var left = max - Array.from(el.value).length;
    out.textContent = left < 0 ? say("over", -left) : say("left", left);
    out.classList.toggle("over", left < 0);
  }

  // A chosen file is named with its size at once, and measured against the limit.
  function file(el) {
    var out = d.getElementById(el.id + "-file"), max = +el.getAttribute("data-max-bytes");
    if (!out) { return; }
    out.textContent = Array.from(el.files).map(function (f) {
      return f.name + " · " + (f.size < 1e6 ? Math.max(1, Math.round(f.size / 1000)) + " KB" : (f.size / 1e6).toFixed(1) + " MB") + (max && f.size > max ? " · " + say("big", Math.round(max / 1048576)) : "");
    }).join("\n");
  }

  // A long list offers what fits while one types; the arrows choose from it.
  function look(el) {
    var list = d.createElement("ul"), at = -1, asked = 0, timer = 0;
    var label = d.querySelector('label[for="' + el.id + '"]');
    list.id = el.id + "-list"; list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label ? label.textContent.trim() : el.name);
    el.parentNode.appendChild(list);
    el.setAttribute("role", "combobox"); el.setAttribute("aria-autocomplete", "list"); el.setAttribute("aria-controls", list.id);
    function open(yes) {
      list.hidden = !yes; at = -1;
      el.setAttribute("aria-expanded", yes ? "true" : "false"); el.removeAttribute("aria-activedescendant");
    }
    function mark(n) {
      var all = list.children;
      clearTimeout(timer); asked++; // an answer that is under way would take the mark away
      if (at >= 0) { all[at].setAttribute("aria-selected", "false"); }
      at = (n + all.length) % all.length;
      all[at].setAttribute("aria-selected", "true"); all[at].scrollIntoView({ block: "nearest" });
      el.setAttribute("aria-activedescendant", all[at].id);
    }
    function take(li) { el.value = li.textContent; asked++; open(false); }
    function ask() {
      var n = ++asked, words = el.value.trim();
      if (!words) { open(false); return; }
      fetch(el.getAttribute("data-look") + "&limit=20&q=" + encodeURIComponent(words)).then(function (r) { return r.json(); }).then(function (b) {
        if (n !== asked || d.activeElement !== el) { return; }
        list.textContent = "";
        (b.divisions || []).forEach(function (x, i) {
          var li = d.createElement("li");
          li.id = list.id + i; li.textContent = x.full_name; li.setAttribute("role", "option"); li.setAttribute("aria-selected", "false");
          list.appendChild(li);
        });
        open(list.children.length > 0);
        live(list.children.length ? say("found", list.children.length) : say("none"));
      }, function () {});
    }
    el.addEventListener("input", function (e) { clearTimeout(timer); if (!e.isComposing) { timer = setTimeout(ask, 150); } });
    el.addEventListener("compositionend", function () { clearTimeout(timer); timer = setTimeout(ask, 150); });
    el.addEventListener("blur", function () { open(false); });
    list.addEventListener("mousedown", function (e) { e.preventDefault(); var li = up(e.target, "li"); if (li) { take(li); } });
    el.addEventListener("keydown", function (e) {
      if (list.hidden) { if (e.key === "ArrowDown") { e.preventDefault(); ask(); } return; }
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); mark(at < 0 && e.key === "ArrowUp" ? -1 : at + (e.key === "ArrowDown" ? 1 : -1)); }
      if (e.key === "Enter" && at >= 0) { e.preventDefault(); take(list.children[at]); }
      if (e.key === "Escape") { e.stopPropagation(); open(false); }
    });
    open(false);
  }

  function ready(from) {
    each("[data-max]", count, from);
    each("[data-needs-js]", function (el) { el.hidden = false; }, from);
    if (window.fetch) { each("[data-look]", function (el) { each("[data-without-js]", function (b) { b.hidden = true; }, el.parentNode); look(el); }, from); }
  }

  on("input", function (e) { if (e.target.hasAttribute && e.target.hasAttribute("data-max")) { count(e.target); } });
  on("change", function (e) {
    var t = e.target;
    if (t.type === "file") { file(t); }
    if (t.hasAttribute("data-all")) { each("tbody input[type=checkbox]", function (c) { c.checked = t.checked; }, up(t, "table")); }
    if (t.hasAttribute("data-submit")) { t.form.requestSubmit(); }
  });

  // Sending twice makes two cases; the second press is swallowed.
  on("submit", function (e) {
    var f = e.target;
    if (e.defaultPrevented || f.method !== "post" || e.submitter && e.submitter.hasAttribute("data-live")) { return; }
    if (f.hasAttribute("data-prefs") && prefer(f, e)) { return; }
    if (up(f, "main") && together(f, e)) { return; }
    if (f.getAttribute("data-sent")) { e.preventDefault(); return; }
    f.setAttribute("data-sent", "1");
    var b = e.submitter;
    if (b) { b.setAttribute("aria-busy", "true"); }
    setTimeout(function () { f.removeAttribute("data-sent"); if (b) { b.removeAttribute("aria-busy"); } }, 8000);
    if (f.enctype === "multipart/form-data" && window.FormData) { send(f, e); }
  });
  window.addEventListener("pageshow", function () {
    each("form[data-sent]", function (f) { f.removeAttribute("data-sent"); });
    each("[aria-busy]", function (b) { b.removeAttribute("aria-busy"); });
  });

  // A page of several forms loses nothing: what was typed into the others is saved
  // before the one that is sent, or the tab that is left. One that is refused is shown with its problems.
  function together(f, e) {
    var rest = [].filter.call(d.querySelectorAll("form[data-together]"), function (o) { return o !== f && changed(o); }), bad;
    if (!rest.length || !window.fetch) { return false; }
    function put(o) {
      var data = new URLSearchParams(new FormData(o));
      data.set("do", "save");
      return fetch(o.action, { method: "POST", body: data, redirect: "manual" }).then(function (r) { if (r.type !== "opaqueredirect") { bad = o; } });
    }
    e.preventDefault();
    var to = f.href;
    rest.reduce(function (p, o) { return p.then(function () { return put(o); }); }, Promise.resolve()).then(function () {
      var last = bad;
      return last && !to && f.hasAttribute("data-together") && put(f).then(function () { bad = last; });
    }).catch(function () {}).then(function () {
      each("form[data-together]", function (o) { o.removeAttribute("data-together"); });
      if (bad) { bad.requestSubmit(bad.querySelector("[value=save]")); } else if (to) { location.assign(to); } else { f.requestSubmit(e.submitter); }
    });
    return true;
  }
  function changed(f) {
    return [].some.call(f.elements, function (c) {
      if (c.options) { return [].some.call(c.options, function (o) { return o.defaultSelected; }) ? [].some.call(c.options, function (o) { return o.selected !== o.defaultSelected; }) : c.selectedIndex > 0; }
      return c.type === "checkbox" || c.type === "radio" ? c.checked !== c.defaultChecked : "defaultValue" in c && c.type !== "hidden" && c.value !== c.defaultValue;
    });
  }

  // Changing how pages look must not lose what is typed: no reload.
  function prefer(f, e) {
    var b = e.submitter;
    if (!b || b.name === "lang" || !window.fetch) { return false; }
    e.preventDefault();
    var data = new URLSearchParams(new FormData(f));
    data.set(b.name, b.value);
    fetch(f.action, { method: "POST", body: data, redirect: "manual" });
    if (b.value) { root.setAttribute("data-" + b.name, b.value); } else { root.removeAttribute("data-" + b.name); }
    each("[data-prefs] [name=" + b.name + "]", function (o) {
      if (o.hasAttribute("data-off")) {
        o.setAttribute("aria-pressed", b.value ? "true" : "false");
        o.value = b.value ? "" : o.getAttribute("data-off");
      } else { o.setAttribute("aria-pressed", o.value === b.value ? "true" : "false"); }
    });
    return true;
  }

  // Files show how far they are; the answer then replaces the page.
  function send(f, e) {
    var bar = f.querySelector("progress");
    if (!bar) { return; }
    e.preventDefault();
    var data = new FormData(f), x = new XMLHttpRequest();
    if (e.submitter && e.submitter.name) { data.append(e.submitter.name, e.submitter.value); }
    bar.hidden = false;
    x.upload.onprogress = function (p) { if (p.lengthComputable) { bar.max = p.total; bar.value = p.loaded; } };
    x.onload = function () {
      if (x.status < 300 && x.responseURL && x.responseURL !== f.action) { location.assign(x.responseURL); return; }
      var page = new DOMParser().parseFromString(x.responseText, "text/html");
      if (!page.querySelector("main")) { location.reload(); return; }
      d.title = page.title;
      d.querySelector("main").replaceWith(page.querySelector("main"));
      ready(d); focusProblems();
    };
    x.onerror = function () { f.removeAttribute("data-sent"); bar.hidden = true; live(say("net")); f.querySelector("[data-net]") || f.submit(); };
    x.open("POST", f.action); x.send(data);
  }

  // Keys: F-keys press the button that shows them; arrows move between rows.
  on("keydown", function (e) {
    var t = e.target, m;
    if (/^F\d+$/.test(e.key) && !e.ctrlKey && !e.altKey && !e.metaKey) {
      m = d.querySelector('[data-key="' + e.key + '"]');
      if (m) { e.preventDefault(); m.click(); }
      return;
    }
    if (e.key === "Escape") { each(".menu[open]", function (o) { o.open = false; o.firstElementChild.focus(); }); return; }
    var row = up(t, "tbody tr");
    if (!row || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) { return; }
    var next = e.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    var stop = next && (next.querySelector(t.type === "checkbox" ? "input" : "a,button") || next.querySelector("input"));
    if (stop) { e.preventDefault(); stop.focus(); }
  });
  on("click", function (e) {
    var p = up(e.target, "[data-print]"), c = up(e.target, "[data-copy]"), a = up(e.target, ".errsum a");
    if (p) { window.print(); }
    if (up(e.target, ".tabset a") && !e.ctrlKey && !e.metaKey && !e.shiftKey) { together(up(e.target, "a"), e); }
    if (c && navigator.clipboard) { navigator.clipboard.writeText(c.getAttribute("data-copy")).then(function () { live(say("copied")); c.textContent = say("copied"); }); }
    if (a) {
      var to = d.getElementById(a.hash.slice(1));
      if (to) { e.preventDefault(); to.focus(); (up(to, ".fg") || to).scrollIntoView({ block: "center" }); }
    }
    each(".menu[open]", function (o) { if (!o.contains(e.target)) { o.open = false; } });
  });

  // What is typed shows in the preview beside the form, a moment after.
  var typed = 0;
  on("input", function (e) {
    var f = up(e.target, "form"), b = f && f.querySelector("[data-live]");
    if (!b || !b.offsetParent) { return; }
    clearTimeout(typed);
    typed = setTimeout(function () { f.requestSubmit(b); }, 700);
  });

  // A page that renews itself stops while the reader works in it or pauses it.
  var every = +(d.body.getAttribute("data-refresh") || 0);
  if (every) {
    setInterval(function () {
      var stop = d.getElementById("pause");
      if (!d.hidden && !(stop && stop.checked) && !up(d.activeElement, "main form,main details,main table")) { location.reload(); }
    }, every * 1000);
  }

  ready(d); focusProblems();
})();
